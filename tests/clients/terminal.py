# terminal: a job-controlling shell on a terminal of its own, which runs one
# command and is told keys and commands. For 81-terminal.t.
#
#     terminal.py FOLDER KEYS...     each a line for the shell, or ^C, ^Z, ^D
#
# Prints what the terminal showed. Waits for the shell's prompt or for the text
# behind "=> " in the last line of keys, never for a time alone. "!" before keys:
# they are typed once.
import os
import pty
import select
import sys
import time

PROMPT = b"ready> "
# A shell that hands the terminal over may drop what is typed just then, as it
# may from a person: it is typed again. Not so at its prompt, where nothing is
# lost and a second command would be one more.
PATIENCE = 2
TRIES = 5


def read_until(fd, text, seen, patience):
    end = time.monotonic() + patience
    start = len(seen)
    while text not in seen[start:]:
        left = end - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            return False
        try:
            seen += os.read(fd, 4096)
        except OSError:
            return False
    return True


def say(fd, sent, wanted, seen, once):
    once = once or seen.endswith(PROMPT)
    for i in range(1 if once else TRIES):
        os.write(fd, sent)
        # Slow is not lost: longer each time.
        if read_until(fd, wanted, seen, 60 if once else PATIENCE << i):
            return True
    print("TIMEOUT waiting for", wanted)
    return False


def main():
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(sys.argv[1])
        os.environ.update(PS1=PROMPT.decode(), TERM="dumb")
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    seen = bytearray()
    going = say(fd, b"", PROMPT, seen, True)
    for line in sys.argv[2:]:
        once = line[0] == "!"
        keys, _, wanted = line[once:].partition(" => ")
        control = len(keys) == 2 and keys[0] == "^"
        sent = bytes([ord(keys[1]) & 0x1F]) if control else keys.encode() + b"\n"
        wanted = wanted.replace("\\n", "\r\n").encode() or PROMPT
        going = going and say(fd, sent, wanted, seen, once)
    os.close(fd)
    os.waitpid(pid, 0)
    sys.stdout.buffer.write(bytes(seen).replace(b"\r", b""))


main()
