#!/usr/bin/env bash
# Repeats the accidents of the end-to-end tests many times: kills, power cuts, syncs and reads that fail, outages of
# the database, nodes of a cluster. Usage: tests/bench/accidents.sh [TIMES], 10 by default; needs a release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

times="${1:-10}"
export PARSEFLOW_TEST_ROUNDS="$times"
export PARSEFLOW_CHAOS_SECONDS="$((times * 60))"
failed=0
for test in e2e_disk_faults_test e2e_clock_test e2e_stop_test e2e_outages_test cluster/cluster_chaos_test; do
  echo "== $test"
  "build/release/tests/e2e/$test" || failed=1
done
exit "$failed"
