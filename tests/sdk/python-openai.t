#!/bin/sh
# OpenAI's SDK for Python, as Debian 13 has it, on the pack openai: the program is
# in a Debian 13, the host here. Run by `make check-trixie`, which makes that
# Debian, and where it is by `make check-sdk`.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"
. "$(dirname "$0")/../lib/sdk.sh"
. "$(dirname "$0")/../trixie/commands.sh"

[ -x "${OFFWIRE_CACHE:-/var/cache/offwire}/trixie/usr/bin/apt-get" ] ||
    [ "${OFFWIRE_MAKE_TRIXIE-}" = yes ] ||
    skip_all "there is no Debian 13 here; make check-trixie makes one"
root=$(sh "$top/tests/trixie/root") || skip_all "$root"
# The session's folder is where the program can see it.
export TMPDIR="$work"
unset XDG_RUNTIME_DIR
export PYTHONDONTWRITEBYTECODE=1
trixie_commands
sdk_run openai python-openai sh "$work/enterpython3" "$sdk_tables/run.py" \
    python_openai
done_testing
