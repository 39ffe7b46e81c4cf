#!/usr/bin/env bash
# Runs everything that CI runs and ends with the line "N passed, N failed". `--quick`: the release tests
# only, or those of them that are named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/install_packages.sh
. deploy/install_packages.sh
# shellcheck source=deploy/configure.sh
. deploy/configure.sh

case "${1:-}" in
  "") quick=no ;;
  --quick) quick=yes; shift ;;
  --help | -h) echo "Usage: tests/run.sh [--quick [TEST...]]"; exit 0 ;;
  *) echo "tests/run.sh knows only --quick and --help, not '$1'." >&2; exit 2 ;;
esac

passed=0
failed=0
summary=()
scratch="$(mktemp -d)"
ahead=""
trap '[ -z "$ahead" ] || kill -- "-$ahead" 2> /dev/null || true; rm -rf "$scratch"' EXIT

# step NAME COMMAND...: runs the command and notes its time and result. A failed check counts as one failure; the run goes on.
step() {
  local name="$1" begin="$SECONDS" result=ok
  shift
  printf '\n== %s\n' "$name"
  if ! "$@"; then
    result=FAILED
    # Tests count one by one: see run_tests.
    [ "$1" = run_tests ] || failed=$((failed + 1))
  fi
  summary+=("$(printf '%-8s %4d s  %s' "$result" "$((SECONDS - begin))" "$name")")
}

# tracked PATTERN...: the project's own files, one per line.
tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }

check_shell() { tracked '*.sh' '.ci/run' | xargs shellcheck --external-sources; }

check_format() { tracked '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror; }

# build PRESET [OPTION...] [--target TARGET...]
build() {
  local preset="$1" options=()
  shift
  # The quick run builds as a user does: warnings are no errors.
  [ "$quick" = yes ] || options+=(-D PARSEFLOW_WERROR=ON)
  while [ $# -gt 0 ] && [ "$1" != --target ]; do options+=("$1"); shift; done
  configure "$preset" "${options[@]}" || return 1
  cmake --build --preset "$preset" "$@"
}

# A sanitizer watches the program and the tests of its parts; the tests that only start it are those of the release build.
build_asan() { build asan -D PARSEFLOW_TEST_PROGRAMS="$PWD/build/release"; }

# Elsewhere several sources are compiled as one, so a source has the includes and the names of those before it. Here each is
# alone, and so is each header. CAF's own threads trip the thread sanitizer: what runs are the tests of threads without actors.
tsan_tests=(journal_test db_parts_test connection_server_test)
build_each_alone() {
  build tsan -D CMAKE_UNITY_BUILD=OFF --target parseflow parseflow-demo header_check "${tsan_tests[@]}"
}

# Most of the time goes to the headers of CAF, so all sources of a library are read as one. Uses what build_each_alone has generated and
# precompiled. Warnings come from the compilers.
check_tidy() {
  configure tsan -D CMAKE_UNITY_BUILD_BATCH_SIZE=0 || return 1
  run-clang-tidy -quiet -p build/tsan -j "$(nproc)" -extra-arg=-Wno-everything \
    "^$PWD/(build/tsan/(messages|db|actors|http|deploy|CMakeFiles)/.*Unity/|messages|db|actors|http|deploy|tests/traffic)" \
    > "$scratch/tidy" 2> /dev/null \
    || { sed 's/\x1b\[[0-9;]*m//g' "$scratch/tidy" | grep -E '(error|warning):' | sort -u; return 1; }
}

# compile_ahead WORK...: does the works one after another beside the tests, which mostly wait: at the lowest priority, so that
# no test waits for a compiler. `finished WORK` waits for one and shows what it printed.
compile_ahead() {
  set -m # a group of its own, so that the trap ends its compilers too
  {
    renice -n 19 "$BASHPID" > /dev/null
    for work in "$@"; do
      status=0
      "$work" > "$scratch/$work" 2>&1 || status=$?
      echo "$status" > "$scratch/$work.status.new"
      mv "$scratch/$work.status.new" "$scratch/$work.status"
    done
  } &
  ahead=$!
  set +m
}

finished() {
  until [ -e "$scratch/$1.status" ]; do
    kill -0 "$ahead" || return 1
    sleep 1
  done
  cat "$scratch/$1"
  return "$(cat "$scratch/$1.status")"
}

# run_tests PRESET [TEST...]: runs its tests, or those that are named; adds to `passed` and `failed`.
run_tests() {
  local preset="$1" status=0 at_once bad all named
  shift
  named="$(IFS='|'; echo "^($*)\$")"
  # More than processors: most tests mostly wait, though sanitized programs less so.
  if [ "$preset" = release ]; then at_once=$((2 * $(nproc) + 1)); else at_once=$(($(nproc) + 2)); fi
  ctest --test-dir "build/$preset" --output-on-failure --parallel "$at_once" ${1+--tests-regex "$named"} \
    | tee "$scratch/tests" || status=$?
  # "98% tests passed, 1 tests failed out of 50"
  if ! read -r bad all < <(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests failed out of ([0-9]+)$/\1 \2/p' "$scratch/tests"); then
    echo "No test ran."
    failed=$((failed + 1))
    return 1
  fi
  passed=$((passed + all - bad))
  failed=$((failed + bad))
  return "$status"
}

# The README's commands on the other supported release of Debian.
check_other_release() {
  # shellcheck source=/dev/null
  if [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = trixie ]; then
    tests/on_release.sh bookworm
  else
    tests/on_release.sh trixie
  fi
}

if [ "$quick" = yes ]; then
  step "packages" install_packages build tests
else
  step "packages" install_packages build tests checks
  step "shell scripts" check_shell
  step "format" check_format
  step "include arrows" tests/check_arrows.sh
fi
step "release build" build release ${1+--target "$@"}
if [ "$quick" = yes ]; then
  step "release tests" run_tests release "$@"
else
  compile_ahead build_asan build_each_alone check_tidy
  step "release tests" run_tests release
  step "documents" tests/check_docs.sh
  step "asan build" finished build_asan
  step "asan tests" run_tests asan
  step "the other release" check_other_release
  step "each source alone" finished build_each_alone
  step "tsan tests" run_tests tsan "${tsan_tests[@]}"
  step "clang-tidy" finished check_tidy
  step "fuzz targets" tests/fuzz/run.sh
fi

printf '\n== summary\n'
printf '%s\n' "${summary[@]}"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
