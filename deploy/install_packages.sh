# shellcheck shell=bash
# Installs missing packages of the groups in deploy/packages.txt. Sourced by deploy/run.sh and tests/run.sh.

packages_file="$(dirname "${BASH_SOURCE[0]}")/packages.txt"

# packages_of GROUP: the packages of one group that this machine should have, one per line.
packages_of() {
  local release group="" package condition value
  # shellcheck source=/dev/null
  release="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  while read -r package condition value; do
    case "$package" in
      "" | "#"*) ;;
      "["*"]") group="$package" ;;
      *)
        [ "$group" = "[$1]" ] || continue
        case "$condition" in
          unless) if command -v "$value" > /dev/null; then continue; fi ;;
          on) [ "$value" = "$release" ] || continue ;;
        esac
        echo "$package"
        ;;
    esac
  done < "$packages_file"
}

# missing_packages GROUP...: the packages of these groups that are not installed.
missing_packages() {
  local group
  # shellcheck disable=SC2016  # the format is dpkg-query's, not the shell's
  for group in "$@"; do packages_of "$group"; done | grep --fixed-strings --line-regexp --invert-match \
    --file=<(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p') || true
}

# install_packages GROUP...: if nothing is missing it is quick, and needs neither network nor privileges.
install_packages() {
  if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
    echo "This script installs packages on Debian 12 or 13 and their derivatives only. Install what deploy/packages.txt lists" \
      "with your system's package manager, then build with: cmake --preset release && cmake --build --preset release" >&2
    return 1
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
      echo "These packages are missing. Install them as root, or install sudo: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}
