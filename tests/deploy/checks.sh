# shellcheck shell=bash
# Checks that continue after a failure, and what they wait for. Sourced by the tests beside it, which end with `all_checked`.

wrong=0
# check SENTENCE COMMAND...: the sentence holds if the command succeeds.
check() {
  local sentence="$1" said
  shift
  said="$("$@" 2>&1)" && return 0
  wrong=$((wrong + 1))
  printf 'WRONG: %s\n  %s\n%s\n' "$sentence" "$*" "$said"
}
fails() { ! "$@"; }
all_checked() { [ "$wrong" -eq 0 ] || { echo "$wrong checks failed."; exit 1; }; }

listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)) && listens "$port"; do :; done
  echo "$port"
}
# eventually COMMAND...: within half a minute.
eventually() {
  local end=$((SECONDS + 30))
  until "$@"; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.1; done
}
