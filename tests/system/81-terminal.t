#!/bin/sh
# offwire run on a terminal: the shell sees one job, which stops, goes on and
# is interrupted as the program alone would be.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
has bash python3 || skip_all "bash or python3 is missing"

rules <<'END'
{ "offwire": 1, "hosts": ["api.test"], "rules": [ { "then": { "text": "x" } } ] }
END
# Not a shell: one that starts a command by vfork() cannot be stopped before that
# has become the command, which a stop in between keeps it from.
cat >"$work/traps.py" <<'END'
import signal
signal.signal(signal.SIGINT, lambda *_: print("interrupted once", flush=True))
print("begins", flush=True)
while True:
    signal.pause()
END

# The end of a line, to tell the program's output from the echo of its command.
nl='\n'

# terminal KEYS...: what the terminal showed, in $shown.
# Typed as it is: the command by a path without spaces.
ln -s "$offwire" "$work/offwire"
run="$work/offwire run --rules $rules --"
terminal()
{
    shown=$(timeout 300 python3 "$top/tests/clients/terminal.py" "$work" "$@")
}

terminal "$run sh -c 'echo begun; exec sleep 1000' => begun$nl" "^Z" "jobs" \
    "bg" "jobs" "fg => sleep 1000" "^C" 'echo "status is $?"' "exit => exit$nl"
like "Ctrl-Z stops the job" "$shown" '*Stopped*sleep 1000*'
like "bg lets it go on" "$shown" '*Running*sleep 1000*'
like "Ctrl-C ends the program in the foreground" "$shown" '*status is 130*'

terminal "$run python3 traps.py => begins$nl" "!^C => interrupted once" \
    "^Z" "kill -KILL %1; fg" 'echo "done"' "exit => exit$nl"
is "Ctrl-C reaches the program once" \
    "$(printf '%s\n' "$shown" | grep -c 'interrupted once')" 1

terminal "$run sh -c 'echo begun; exec cat' => begun$nl" \
    "a line => a line${nl}a line$nl" "^Z" "bg" \
    'until [ -n "$(jobs -s)" ]; do sleep 0.1; done' "jobs" "fg => fg$nl" \
    "again => again${nl}again$nl" "!^D" 'echo "status is $?"' "exit => exit$nl"
like "a program that reads in the background stops" "$shown" '*Stopped*cat*Stopped*cat*'
like "and reads on in the foreground" "$shown" '*again*again*status is 0*'

terminal "$run bash --norc -i" "sleep 1000 &" "jobs" "kill %1; exit 3" \
    'echo "status is $?"' "exit => exit$nl"
like "a shell in it has job control" "$shown" '*Running*sleep 1000*'
like "and the outer shell gets the terminal back" "$shown" '*status is 3*'

# Without a shell that tells its jobs, as by ssh -t: the run leads the session.
cat >"$work/hangup.py" <<'END'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("env", ["env", "--default-signal"] + sys.argv[1:])
seen = b""
while b"begun\r\n" not in seen: # all of it: what is not written yet fails
    seen += os.read(terminal, 4096)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
cat >"$work/leaves.py" <<'END'
import signal, sys
signal.signal(signal.SIGHUP, lambda *_: sys.exit(3))
try:
    print("begun", flush=True)
except OSError:
    pass  # it has gone already
signal.pause()
END
is "a program is told that its terminal has gone" "$(timeout 300 python3 \
    "$work/hangup.py" "$offwire" run --rules "$rules" -- \
    python3 "$work/leaves.py" 2>&1)" 3

done_testing
