#!/usr/bin/env bash
# What `cmake --install` puts where, and which versions of packages a build accepts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh
: "${PARSEFLOW_BUILD:=$PWD/build/release}"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="$scratch/usr"

check "it installs below a prefix" cmake --install "$PARSEFLOW_BUILD" --prefix "$root"
check "the program runs" "$root/bin/parseflow" --help
check "the unit runs the program that was installed" \
  grep --quiet "^ExecStart=$root/bin/parseflow --config=/etc/parseflow/%i.conf " "$root/lib/systemd/system/parseflow@.service"
check "nothing of the unit names another place for it" fails grep --quiet /usr/local/bin "$root/lib/systemd/system/parseflow@.service"
documents="$root/share/doc/parseflow"
for file in README.md CHANGELOG.md LICENSE docs/cluster.md docs/metrics.schema.json deploy/parseflow.example.conf deploy/parseflow.example.env; do
  check "$file is there, as it is in the sources" cmp "$file" "$documents/$file"
done
check "nothing else is installed" test -z "$(find "$root" -type f ! -path "$root/bin/parseflow" \
  ! -path "$root/lib/systemd/system/parseflow@.service" ! -path "$documents/*")"

# accepts VERSION TESTED...: as the build does.
accepts() {
  printf 'include("%s/cmake/TestedVersions.cmake")\nrequire_tested(package %s %s)\n' "$PWD" "$1" "${*:2}" > "$scratch/versions.cmake"
  cmake -P "$scratch/versions.cmake"
}
check "a tested version is accepted" accepts 0.17.6 0.17.6
check "a patch release of one is accepted" accepts 7.10.1 6.4 7.10
check "a version that only begins alike is refused" fails accepts 7.101.0 6.4 7.10
check "an older and a newer version are refused" fails accepts 6.3.9 6.4 7.10
refusal() { { accepts "$@" 2>&1 || true; } | tr --squeeze-repeats '[:space:]' ' '; }
names_tested() { [[ "$(refusal 8.0 6.4 7.10)" == *"tested with 6.4 and 7.10"* ]]; }
check "the refusal names what is tested" names_tested

all_checked
