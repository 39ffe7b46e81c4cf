#!/usr/bin/env bash
# Installs what is missing, builds, and runs ParseFlow in the foreground until Ctrl-C.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/install_packages.sh
. deploy/install_packages.sh
# shellcheck source=deploy/configure.sh
. deploy/configure.sh

usage() {
  cat << 'TEXT'
Usage: deploy/run.sh [--demo] [--help] [--] [PARSEFLOW ARGUMENTS]

Installs the Debian packages that are missing, builds the release program and starts it on port 5000 with
SQLite in ./data. Ctrl-C stops it cleanly. All other arguments go to parseflow, for example
  deploy/run.sh --http.port=8080
  deploy/run.sh -- --help            all settings

  --demo   also plays the traffic of an imaginary app for 30 minutes, to show a live dashboard. If PARSEFLOW_DRAINS
           is set, the traffic is that of its first app
TEXT
}

demo=no
informs_only=no
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --demo) demo=yes ;;
    --help | -h) usage; exit 0 ;;
    --) shift; arguments+=("$@"); break ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

for argument in "${arguments[@]}"; do
  case "$argument" in
    --help | -h | --version | [!-]*) informs_only=yes ;;
  esac
done

install_packages build
configure release
targets=(parseflow)
[ "$demo" = no ] || targets+=(parseflow-demo)
cmake --build --preset release --target "${targets[@]}"
[ "$informs_only" = no ] || exec build/release/parseflow "${arguments[@]}"

# The program knows where it will listen, whichever file or variable says so. If it refuses, it has said why.
address="$(build/release/parseflow check "${arguments[@]}")" || exit 1
port="${address##*:}"
host="${address#http://}"
host="${host%:*}"
[ "$host" != 0.0.0.0 ] || host=127.0.0.1
listens() { (exec 3<> "/dev/tcp/$host/$port") 2> /dev/null; }
if listens; then
  echo "Port $port is in use. Stop the program that listens there, or choose another port: deploy/run.sh --http.port=8080" >&2
  exit 1
fi

children=()
# shellcheck disable=SC2317  # called by the trap
stop() { [ "${#children[@]}" -eq 0 ] || kill -TERM "${children[@]}" 2> /dev/null || true; }
trap stop INT TERM EXIT

build/release/parseflow "${arguments[@]}" &
service=$!
children=("$service")
# A failed start has said why.
until listens || ! kill -0 "$service" 2> /dev/null; do sleep 0.1; done

if kill -0 "$service" 2> /dev/null; then
  cat << TEXT

  Dashboard   http://${host/127.0.0.1/localhost}:$port/dashboard
  Heroku      heroku drains:add "https://USER:PASSWORD@HOST/logdrains" -a APP

  HOST is where Heroku reaches this port over TLS. Drains from other machines need credentials, which also name the
  app: PARSEFLOW_DRAINS=NAME:USER:PASSWORD METRICS_API_KEY=SECRET deploy/run.sh
  (PASSWORD and SECRET of 16 characters or more).
  Ctrl-C stops it.

TEXT
  if [ "$demo" = yes ]; then
    build/release/parseflow-demo --url "http://$host:$port/logdrains" --minutes 30 &
    children+=("$!")
  fi
fi

# A signal ends the wait early: wait again until the service has stopped.
while :; do
  status=0
  wait "$service" || status=$?
  kill -0 "$service" 2> /dev/null || break
done
exit "$status"
