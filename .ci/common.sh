# What quickstart.sh and run_tests.sh share: sourced by both, from the checkout.
# shellcheck shell=bash

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' RESET=$'\e[0m'
else
  BOLD='' DIM='' RED='' GREEN='' RESET=''
fi
export BOLD DIM RED GREEN RESET

# Where a container image sets it, each command would compile all that it imports anew:
# that doubles the time openstack takes to start.
unset PYTHONDONTWRITEBYTECODE

die() {
  printf '%serror:%s %s\n' "$RED" "$RESET" "$1" >&2
  shift
  for hint in "$@"; do printf '  %s\n' "$hint" >&2; done
  exit 1
}

# Some service accounts and CI systems have no HOME, or one that nobody can write to;
# pip, uv and openstack all keep files there.
ensure_home() {
  local home=${HOME:-}
  [[ -n $home ]] || home=$(getent passwd "$(id -u)" | cut -d: -f6)
  if [[ -z $home || ! -w $home ]]; then
    home=$CHECKOUT/build/home
    mkdir -p "$home"
  fi
  export HOME=$home
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venvs() {
  "$1" -c 'import venv, ensurepip' 2>/dev/null
}

# Print the first Python >= 3.11; the distribution's own comes first, because its
# files can be read by every user.
find_python() {
  local candidate found
  for candidate in "${PYTHON:-}" /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    [[ -n $candidate ]] || continue
    found=$(command -v "$candidate" 2>/dev/null) || continue
    if is_new_enough "$found"; then
      printf '%s\n' "$found"
      return 0
    fi
  done
  return 1
}

# A fresh Debian has python3 without what `python3 -m venv` needs.
install_venv_support() {
  [[ $EUID -eq 0 ]] || die "$1 cannot make virtual environments" "apt-get install python3-venv"
  command -v apt-get >/dev/null || die "$1 cannot make virtual environments, and there is no apt-get"
  echo "Installing python3-venv."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq --no-install-recommends python3-venv ca-certificates >/dev/null
}

# ensure_venv EXTRAS: make .venv, or bring it up to date when pyproject.toml changed.
ensure_venv() {
  local extras=$1 python stamp
  stamp=$CHECKOUT/.venv/.installed-$(printf '%s' "$extras" | cat - "$CHECKOUT/pyproject.toml" | sha256sum | cut -c1-16)
  if [[ -f $stamp && -x $CHECKOUT/.venv/bin/openstack ]]; then
    return 0
  fi
  python=$(find_python) || die "there is no Python >= 3.11" "set PYTHON=/path/to/python3.11"
  can_make_venvs "$python" || install_venv_support "$python"
  if ! "$CHECKOUT/.venv/bin/python" -c '' 2>/dev/null; then
    "$python" -m venv --clear "$CHECKOUT/.venv"
  fi
  "$CHECKOUT/.venv/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.8'
  "$CHECKOUT/.venv/bin/uv" pip install --quiet --python "$CHECKOUT/.venv/bin/python" \
    --editable "${CHECKOUT}[$extras]"
  rm -f "$CHECKOUT"/.venv/.installed-*
  touch "$stamp"
}
