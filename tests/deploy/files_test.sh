#!/usr/bin/env bash
# The files in deploy/ for systemd and Docker: the program accepts the settings in them, they agree with each other, and the
# tools that read them, where installed, find no fault.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh
parseflow="${PARSEFLOW_BINARY:-build/release/parseflow}"
# shellcheck source=deploy/install_packages.sh
. deploy/install_packages.sh

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# check_same SENTENCE ONE OTHER: lists of words, in any order.
check_same() {
  check "$1" diff <(tr -s ' ' '\n' <<< "$2" | sort -u) <(tr -s ' ' '\n' <<< "$3" | sort -u)
}
# with_tool TOOL: false, with a note, if it is not installed.
with_tool() {
  command -v "$1" > /dev/null && return 0
  echo "not checked, because $1 is not installed: $2"
  return 1
}

# accepts ARGUMENTS...: the program takes these settings with the example's secrets.
accepts() (
  set -o allexport
  # shellcheck source=/dev/null
  . <(sed 's/CHANGE-ME/a-secret-of-some-length/' deploy/parseflow.example.env)
  exec "$parseflow" check "$@"
)
compose() { sed -e '/^ *#/d' deploy/compose.yaml; }

# Every name of a setting or a variable in these files.
help="$("$parseflow" --help)"
known="$(grep -oE -- '--[a-z]+\.[a-z-]+|\[[A-Z_, ]+\]' <<< "$help" | tr -d '[] ' | tr ',' '\n')"
files=(deploy/compose.yaml deploy/compose/* deploy/Dockerfile deploy/parseflow@.service docs/cluster.md)
while read -r name; do
  check "$name is a setting" grep --quiet --line-regexp -- "$name" <<< "$known"
done < <(grep -ohE -- '--[a-z]+\.[a-z-]+' "${files[@]}" | sort -u)
while read -r name; do
  check "$name of env.example is used" grep --quiet "\${$name:" deploy/compose.yaml
done < <(sed -nE 's/^([A-Z_]+)=.*/\1/p' deploy/compose/env.example)
while read -r name; do
  check "$name is a variable that parseflow reads" grep --quiet --line-regexp "$name" <<< "$known"
done < <(sed -nE '/^x-secrets/,/^services/s/^  ([A-Z_]+):.*/\1/p' deploy/compose.yaml)
while read -r name; do
  check "env.example explains $name" grep --quiet "^$name=" deploy/compose/env.example
done < <(sed -nE 's/.*\$\{([A-Z_]+).*/\1/p' deploy/compose.yaml | sort -u)
while read -r name; do
  check "$name is a variable that parseflow reads" grep --quiet --line-regexp "$name" <<< "$known"
done < <(sed -nE 's/^([A-Z_]+)=.*/\1/p' deploy/parseflow.example.env)

# The arguments of each node.
mapfile -t arguments < <(sed -n 's/^ExecStart=[^ ]* //p' deploy/parseflow@.service | sed 's#/etc/parseflow/%i.conf#deploy/parseflow.example.conf#' \
  | tr ' ' '\n')
check "a node of parseflow@.service understands its settings" accepts "${arguments[@]}"
while read -r command; do
  mapfile -t arguments < <(grep -oE '"[^"]+"' <<< "$command" | tr -d '"' | sed 's#/etc/parseflow/parseflow.conf#deploy/compose/parseflow.conf#')
  check "a node of compose.yaml understands its settings" accepts "${arguments[@]}"
done < <(compose | grep -- '--storage.node')

# The same nodes everywhere.
nodes="$(compose | grep -oE -- '--storage\.node=[^"]+' | cut -d= -f2 | xargs)"
check "there are three nodes" test "$(wc -w <<< "$nodes")" -eq 3
check_same "every node listens where it is called" "${nodes// /:5100 }:5100" \
  "$(compose | grep -oE -- '--cluster\.listen=[^"]+' | cut -d= -f2 | xargs)"
check_same "every node is a peer" "${nodes// /:5100 }:5100" \
  "$(sed -nE 's/^peers = "(.*)"$/\1/p' deploy/compose/parseflow.conf | tr ',' ' ')"
check_same "the balancer knows every node" "${nodes// /:5000 }:5000" \
  "$(awk '$1 == "server" { print $3 }' deploy/compose/haproxy.cfg | xargs)"
check_same "every node has its certificate" "$nodes" "$(compose | sed -nE 's#.*\./certificates/([^:]+):.*#\1#p' | xargs)"
check_same "every node has its volume" "$nodes" "$(compose | sed -nE 's#.*- (.*)-data:/var/lib/parseflow/data$#\1#p' | xargs)"

# Certificates in the files that parseflow.conf names.
deploy/make-certificates.sh --out "$scratch/certificates" a > /dev/null
while read -r file; do
  check "make-certificates.sh makes $(basename "$file")" test -s "$scratch/certificates/a/$(basename "$file")"
done < <(grep -oE '/etc/parseflow/certificates/[a-z.]+' deploy/compose/parseflow.conf)

# The image has the libraries that the program is linked with. Except those of g++ and of sanitizers.
runtime="$(packages_of runtime)"
while read -r library; do
  package="$(dpkg-query --search "*/$library" | cut -d: -f1 | sort -u)"
  check "[runtime] of deploy/packages.txt has $package, for $library" grep --quiet --line-regexp "$package" <<< "$runtime"
done < <(objdump -p "$parseflow" | awk '$1 == "NEEDED" { print $2 }' | grep -vE '^lib(c|m|gcc_s|stdc\+\+|asan|ubsan|tsan)\.so')
while read -r path; do
  check "the Dockerfile copies what exists: $path" test -e "$path"
done < <(grep -E '^COPY [^-]' deploy/Dockerfile | sed -E 's/^COPY //; s/ [^ ]+$//' | xargs -n 1)

if with_tool haproxy "deploy/compose/haproxy.cfg"; then
  cat "$scratch/certificates/a/node.crt" "$scratch/certificates/a/node.key" > "$scratch/site.pem"
  sed "s#/usr/local/etc/haproxy/site.pem#$scratch/site.pem#" deploy/compose/haproxy.cfg > "$scratch/haproxy.cfg"
  check "HAProxy takes its configuration" haproxy -c -f "$scratch/haproxy.cfg"
fi
if with_tool systemd-analyze "deploy/parseflow@.service"; then
  # It wants the program to exist, and prints a warning, without failing, for what it ignores.
  sed 's#/usr/local/bin/parseflow #/bin/true #' deploy/parseflow@.service > "$scratch/parseflow@.service"
  check "systemd takes the unit" test -z "$(systemd-analyze verify "$scratch/parseflow@a.service" 2>&1 | tee /dev/stderr)"
fi
if with_tool docker "deploy/compose.yaml" && docker compose version > /dev/null 2>&1; then
  check "Docker takes compose.yaml" docker compose --env-file deploy/compose/env.example -f deploy/compose.yaml config --quiet
else
  echo "not checked by Docker, which has no compose here: deploy/compose.yaml"
fi

all_checked
