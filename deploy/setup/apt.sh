# Installs Debian packages when we may, and says exactly what to type when we may not; sourced by the other scripts here.

# The way to become root on this machine: nothing, sudo without a question, or sudo that can ask somebody for a password.
find_root() {
  if [ "$(id -u)" = 0 ]; then
    AS_ROOT=(env)
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    AS_ROOT=(sudo -n env)
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    AS_ROOT=(sudo env)
  else
    return 1
  fi
}

# Usage: install_packages WHY PACKAGE...
install_packages() {
  local why=$1
  shift
  if ! command -v apt-get >/dev/null || ! find_root; then
    say "$why"
    say "Install it yourself, then run make again. On Debian or Ubuntu, as root:"
    say "    apt-get update && apt-get install --no-install-recommends $*"
    exit 1
  fi
  say "$why Installing $* with apt."
  # The package lists may be missing or old, so a first failure is answered with an update. That update may fail on
  # one foreign source and still bring what we need, so its own outcome does not count.
  if ! apt_install "$@" >/dev/null 2>&1; then
    "${AS_ROOT[@]}" apt-get update -qq || say "apt-get update reported a problem; trying with what it did fetch."
    apt_install "$@" >/dev/null || fail "apt could not install: $*. The lines above say why."
  fi
}

apt_install() {
  "${AS_ROOT[@]}" DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}
