# shellcheck shell=bash
# Checks that continue after a failure. Sourced by the tests beside it, which end with `all_checked`.

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
