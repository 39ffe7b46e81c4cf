#!/usr/bin/env bash
# Runs the commands of the README in a clean root of a Debian release: deploy/run.sh, and tests/run.sh --quick with the
# tests below. The root uses this machine's package sources and trusted certificates, and keeps a compiler cache between runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The tests that meet what differs between the releases. The others would meet only the compiler, for minutes of its time.
tests=(
  logplex_test messages_test                                      # the compiler: vectors of the processor, CAF's templates
  cluster_planned_changes_test                                    # CAF between nodes, with OpenSSL
  http_server_test connection_server_test webhook_client_test     # httplib, OpenSSL, the libraries of compressed bodies
  store_test retention_test e2e_outages_test                      # libpqxx, PostgreSQL, PgBouncer, SQLite
  e2e_start_test e2e_prometheus_test                              # the program as a whole, Prometheus
  deploy_proxies_test                                             # HAProxy, nginx, Caddy
  deploy_files_test deploy_first_steps_test deploy_install_test   # the names of packages, CMake, the shell's tools
)

case "${1:-}" in
  bookworm | trixie) release="$1" ;;
  *) echo "Usage: tests/on_release.sh bookworm|trixie" >&2; exit 2 ;;
esac
if [ "$(id -u)" -ne 0 ]; then
  echo "tests/on_release.sh makes a root folder for another release, which only root may do." >&2
  exit 1
fi

# Mounts and processes of the root are in namespaces of their own, and are gone before its files are removed.
if [ $# -eq 1 ]; then
  scratch="$(mktemp -d)"
  unshare --mount-proc --propagation private --pid --fork --kill-child "$0" "$release" "$scratch" &
  root_holder=$!
  trap 'kill "$root_holder" 2> /dev/null || true; wait "$root_holder" || true; rm -rf "$scratch"' EXIT
  trap 'exit 143' INT TERM
  wait "$root_holder"
  exit
fi
scratch="$2"
root="$scratch/root"

# sources: this machine's package sources, rewritten for the other release.
sources() {
  local here file
  # shellcheck source=/dev/null
  here="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if grep --quiet --no-messages --word-regexp "$here" "$file"; then sed "s/\b$here\b/$release/g" "$file"; echo; fi
  done
}

printf '== a clean root of %s\n' "$release"
apt-config dump | grep '^Acquire::' > "$scratch/apt.conf"
certificates=/usr/local/share/ca-certificates
mkdir -p "$certificates"
# The hooks run before and after the packages are installed; "$1" is the root. No service may start in it. Its packages need
# not outlive a power failure.
# shellcheck disable=SC2016
sources | mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$scratch/apt.conf" \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --setup-hook='mkdir -p "$1/usr/local/share" && cp -r '"$certificates"' "$1/usr/local/share"' \
  --customize-hook='printf "#!/bin/sh\nexit 101\n" > "$1/usr/sbin/policy-rc.d" && chmod +x "$1/usr/sbin/policy-rc.d"' \
  "$release" "$root" -

cache="${XDG_CACHE_HOME:-$HOME/.cache}/parseflow/ccache-$release"
mkdir -p "$cache" "$root/root/.cache/ccache" "$root/source"
mount --bind "$cache" "$root/root/.cache/ccache"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --no-dereference --target-directory "$root/source"
# Little optimised: these tests are of what the compiler accepts and the libraries do. With -O3 the build takes half as long again.
mkdir -p "$root/source/build/release"
echo 'CMAKE_CXX_FLAGS_RELEASE:STRING=-O1 -DNDEBUG' > "$root/source/build/release/CMakeCache.txt"

# Prefix of a command that runs as for a reader of the README: in the folder of the sources, with nothing of this machine's
# environment but its network settings.
inside=(env --ignore-environment HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt)
for name in http_proxy https_proxy no_proxy; do [ -z "${!name:-}" ] || inside+=("$name=${!name}"); done
! command -v npm > /dev/null || inside+=("npm_config_registry=$(npm config get registry)")
inside+=(chroot "$root" sh -c 'cd /source && exec "$@"' sh)

listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
port=5000
while listens "$port"; do port=$((port + 1)); done

printf '\n== deploy/run.sh\n'
"${inside[@]}" deploy/run.sh "--http.port=$port" &
service=$!
until listens "$port"; do
  kill -0 "$service" 2> /dev/null || { echo "deploy/run.sh ended before it listened." >&2; exit 1; }
  sleep 1
done
kill -TERM "$service"
wait "$service" || { echo "deploy/run.sh did not stop cleanly: status $?." >&2; exit 1; }

printf '\n== tests/run.sh --quick\n'
"${inside[@]}" tests/run.sh --quick "${tests[@]}"
