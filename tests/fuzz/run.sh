#!/bin/sh
# Builds the fuzz targets and runs each for some seconds, starting from its corpus: tests/fuzz/run.sh [seconds] [target…]
# As many run at once as there are processors. New inputs stay in the build folder. An input that breaks an invariant
# fails the run, and its name and content are printed.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-6}
[ $# -eq 0 ] || shift
build=${BUILD:-build/fuzz}
cmake --preset fuzz -B "$build" -DCMAKE_UNITY_BUILD=ON -DPARSEFLOW_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
[ $# -gt 0 ] || set -- body framing head header logfmt proxy query rollup router samples
printf '%s_fuzz\n' "$@" | xargs cmake --build "$build" --target >/dev/null

# fuzz TARGET
fuzz() {
  found=$build/corpus/$1
  log=$build/$1.log
  mkdir -p "$found"
  if ! "$build/tests/fuzz/${1}_fuzz" -max_total_time="$seconds" -timeout=10 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="$build/$1-" "$found" "tests/fuzz/corpus/$1" >"$log" 2>&1; then
    echo "$1: FAILED" >&2
    grep -E 'broken invariant|ERROR|SUMMARY|Test unit|Base64' "$log" >&2
    return 1
  fi
  echo "$1: $(sed -n 's/stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, none breaks an invariant"
}

failed=0
while [ $# -gt 0 ]; do
  running=
  while [ $# -gt 0 ] && [ "$(echo "$running" | wc -w)" -lt "$(nproc)" ]; do
    fuzz "$1" &
    running="$running $!"
    shift
  done
  for one in $running; do
    wait "$one" || failed=1
  done
done
exit "$failed"
