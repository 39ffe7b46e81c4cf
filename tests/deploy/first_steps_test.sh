#!/usr/bin/env bash
# What README and deploy/run.sh tell a newcomer to do works as written, in the order in which it is written. A stub plays
# Heroku, and links to the built programs play the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh
: "${PARSEFLOW_BINARY:=$PWD/build/release/parseflow}" "${PARSEFLOW_DEMO:=$PWD/build/release/parseflow-demo}"
export PARSEFLOW_BINARY PARSEFLOW_DEMO
unset PORT DATABASE_URL METRICS_API_KEY PARSEFLOW_DRAINS PARSEFLOW_WEBHOOK_URL

scratch="$(mktemp -d)"
service=""
stop() {
  [ -n "$service" ] || return 0
  kill -TERM "$service" 2> /dev/null || true
  wait "$service" || true
  service=""
}
trap 'stop; rm -rf "$scratch"' EXIT

# A clone with the scripts, and with the built programs where a build would put them.
clone="$scratch/clone"
mkdir --parents "$clone" "$scratch/bin"
cp --recursive deploy "$clone/deploy"
cat > "$scratch/bin/cmake" << 'TEXT'
#!/usr/bin/env bash
mkdir --parents build/release
ln --force --symbolic "$PARSEFLOW_BINARY" build/release/parseflow
ln --force --symbolic "$PARSEFLOW_DEMO" build/release/parseflow-demo
TEXT
# drains:add delivers at once what Logplex would; logs prints the lines of an app.
cat > "$scratch/bin/heroku" << 'TEXT'
#!/usr/bin/env bash
case "$1" in
  drains:add)
    url="${2/https:/http:}"
    line='<158>1 2026-03-02T14:07:31.000000+00:00 host heroku router - at=info method=PUT path="/drained" dyno=web.1 connect=1ms service=24ms status=200 bytes=5'
    printf '%s %s\n' "$((${#line} + 1))" "$line" | curl --silent --fail "${url/@HOST/@localhost:$PORT}" \
      --header 'Content-Type: application/logplex-1' --header 'Logplex-Msg-Count: 1' --data-binary @-
    ;;
  logs)
    echo '2026-03-02T14:07:32.000000+00:00 heroku[router]: at=info method=GET path="/products" dyno=web.1 connect=1ms service=24ms status=200 bytes=5'
    echo '2026-03-02T14:07:33.000000+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=POST path="/checkout" dyno=web.1 connect=1ms service=30000ms status=503 bytes=0'
    echo '2026-03-02T14:07:34.000000+00:00 app[web.1]: hello'
    ;;
esac
TEXT
chmod +x "$scratch/bin/cmake" "$scratch/bin/heroku"
PATH="$scratch/bin:$PATH"

said() { grep --quiet --fixed-strings -- "$1" "$scratch/said"; }
# start COMMAND: in the clone, until the banner is printed.
start() {
  : > "$scratch/said" # output of the last one must not be taken for this one's
  (cd "$clone" && eval "exec env $1") >> "$scratch/said" 2>&1 &
  service=$!
  eventually said "Ctrl-C stops it." || { cat "$scratch/said"; return 1; }
}
metrics() { curl --silent --header "X-API-Key: SECRET-KEY-OF-YOURS" "http://127.0.0.1:$PORT/metrics"; }
counts() { metrics | grep --quiet "\"total_requests\":$1,"; }
counts_something() { metrics | grep --quiet '"total_requests":[1-9]'; }

# The commands of README's blocks in the section $1, one per line, without their comments.
commands_of() { sed -n "/^## $1\$/,/^## /{/^\`\`\`sh\$/,/^\`\`\`\$/{/^\`\`\`/d;p}}" README.md | sed 's/  *#.*//'; }

PORT="$(free_port)"
export PORT
# Without any credentials.
start "$(sed -n 's/^\(\.\/deploy\/run\.sh [^#]*\)#.*/\1/p' README.md)"
check "the demo plays" eventually counts_something
check "the health check of the image finds it ready" deploy/health_check.sh "$PORT"
check "the banner names the page" curl --silent --fail --output /dev/null \
  "$(sed -n 's/^ *Dashboard *//p' "$scratch/said" | sed 's/localhost/127.0.0.1/')"
stop
check "the health check of the image misses what does not run" fails deploy/health_check.sh "$PORT"
rm -rf "$clone/data"

# With credentials, in README's order.
mapfile -t commands < <(commands_of "Add a drain")
check "README says how to start, to add a drain and to post by hand" test "${#commands[@]}" -eq 4
start "${commands[0]}"
for command in "${commands[@]:1}"; do
  check "this works: $command" bash -c "set -o pipefail; $(sed "s/localhost:5000/localhost:$PORT/; s/curl/curl --silent --fail/" <<< "$command")"
done
check "each request counts, under its own path and once" eventually counts 4
check "they are all of the app of the credentials" grep --quiet '"apps":\["shop"\]' <<< "$(metrics)"
for path in /drained /products /checkout /hello; do
  check "$path is there" grep --quiet "\"$path\":1" <<< "$(metrics)"
done
stop

# Another port, and who else may use the demo.
unset PORT
PORT="$(free_port)"
export -n PORT
printf '[http]\nport = %s\n' "$PORT" > "$scratch/parseflow.conf"
start "PARSEFLOW_DRAINS=shop:USER:A-LONG-PASSWORD-X METRICS_API_KEY=SECRET-KEY-OF-YOURS deploy/run.sh --demo --config=$scratch/parseflow.conf"
check "the banner knows the port of the file" said "http://localhost:$PORT/dashboard"
check "the demo has the credentials" eventually counts_something
check "a second service learns that the port is taken" grep --quiet "Port $PORT is in use" \
  <<< "$("$clone/deploy/run.sh" --config="$scratch/parseflow.conf" 2>&1)"
stop
printf '# CR LF, as some editors write it\r\ndrains = shop:USER:A-LONG-PASSWORD-X\r\n' >> "$scratch/parseflow.conf"
start "METRICS_API_KEY=SECRET-KEY-OF-YOURS deploy/run.sh --demo --config=$scratch/parseflow.conf"
check "a demo without credentials says which are missing" eventually said "the drain answers 401: check --url and the credentials"
stop

# A clone that was moved.
mv "$clone" "$scratch/moved"
clone="$scratch/moved"
printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$scratch/clone" > "$clone/build/release/CMakeCache.txt"
start "deploy/run.sh --http.port=$PORT"
check "its build folder is removed" fails test -e "$clone/build/release/CMakeCache.txt"
check "the user learns of it" said "build/release was made for $scratch/clone: it is removed and made again."
stop
printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$clone" > "$clone/build/release/CMakeCache.txt"
start "deploy/run.sh --http.port=$PORT"
check "a build in its place is kept" test -e "$clone/build/release/CMakeCache.txt"
stop

all_checked
