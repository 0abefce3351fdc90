#!/usr/bin/env bash
# Makes .venv with exactly the locked dependencies, and does nothing when it is already so.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/setup/apt.sh

# The stamp holds what .venv was made from: another lock, another pyproject or a moved folder means making it again.
describe_wanted() { { pwd; cat requirements.lock pyproject.toml; } | sha256sum | cut -d' ' -f1; }

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null && is_recent "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

ensure_python() {
  if [ -z "${PYTHON:-}" ] && ! command -v python3 >/dev/null; then
    install_packages "There is no Python here." python3 python3-venv
  fi
  PYTHON_FOUND=$(find_python) || fail "Zegel needs Python 3.11 or newer, and ${PYTHON:-python3} is not" \
    "($(command "${PYTHON:-python3}" -V 2>/dev/null || echo "not found")). Install one, for instance on Ubuntu 22.04:" \
    "apt-get install python3.11 python3.11-venv; one in another place: make PYTHON=/path/to/python3.11 setup"
  # Debian ships Python without what venv needs to put pip into it.
  if ! "$PYTHON_FOUND" -c 'import ensurepip, venv' 2>/dev/null; then
    install_packages "Python's venv is missing." \
      "$("$PYTHON_FOUND" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
}

make_venv() {
  local pip=(.venv/bin/python -m pip --disable-pip-version-check -qq --no-input)
  # A .venv of a Python that is gone or too old cannot be mended; one that works is only brought up to date.
  is_recent .venv/bin/python || "$PYTHON_FOUND" -m venv --clear .venv
  say "installing the locked dependencies into .venv (once, about half a minute)"
  "${pip[@]}" install --require-hashes -r requirements.lock
  # --no-deps and --no-build-isolation: nothing outside the lock is fetched, not even to build.
  "${pip[@]}" install --no-deps --no-build-isolation --editable .
}

wanted=$(describe_wanted)
if [ "$(cat .venv/zegel-stamp 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
  exit 0
fi
ensure_python
make_venv
echo "$wanted" > .venv/zegel-stamp
