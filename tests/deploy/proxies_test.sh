#!/usr/bin/env bash
# The proxies in deploy/, as far as they are installed, in front of the built program: with only addresses and paths changed
# they pass on what senders and readers need, name the client, and hold against one that opens connections and says nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh
parseflow="$(realpath "${PARSEFLOW_BINARY:-build/release/parseflow}")"
PATH="$PATH:/usr/sbin"
ulimit -S -n "$(ulimit -H -n)"

scratch="$(mktemp -d)"
started=()
# stop PROCESS...
stop() {
  kill -TERM "$@" 2> /dev/null || true
  wait "$@" 2> /dev/null || true
}
end() {
  [ "$1" -eq 0 ] || cat "$scratch/said"
  stop "${started[@]}"
  rm -rf "$scratch"
}
trap 'end $?' EXIT

# start COMMAND...: in the background; its number is in `process`.
start() {
  "$@" >> "$scratch/said" 2>&1 &
  process=$!
  started+=("$process")
}

# Two things that a proxy can stand before: the program, and a server that answers with the headers that came.
node="$(free_port)"
start env PARSEFLOW_DRAINS=shop:USER:PASSWORD METRICS_API_KEY=SECRET "$parseflow" --http.host=127.0.0.1 --http.port="$node" \
  --storage.directory="$scratch/data" --http.read-timeout=5s
echo="$(free_port)"
cat > "$scratch/echo.py" << 'TEXT'
import http.server, sys

class answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text = str(self.headers).encode()
        self.send_response(200)
        if self.path == "/stream":
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"data: first\n\n")
            self.connection.recv(1)  # until the proxy ends the connection
            self.close_connection = True
            return
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), answer).serve_forever()
TEXT
start python3 "$scratch/echo.py" "$echo"
eventually listens "$node"
eventually listens "$echo"

deploy/make-certificates.sh --out "$scratch/certificates" proxy=127.0.0.1 > /dev/null
certificate="$scratch/certificates/proxy/node.crt" key="$scratch/certificates/proxy/node.key"
cat "$certificate" "$key" > "$scratch/site.pem"

# start_PROXY FRONT BACK: listens on the one port, and passes on to the other.
start_haproxy() {
  # The machine of a test may not allow as many descriptors.
  sed -e "s/maxconn 20000/maxconn 4000/; s#/usr/local/etc/haproxy/site.pem#$scratch/site.pem#; s/bind :8443/bind 127.0.0.1:$1/; s/bind :8080/bind 127.0.0.1:$(free_port)/" \
    -e "s/127.0.0.1:9999/127.0.0.1:$(free_port)/; s/ resolvers docker init-addr .*//" \
    -e "s/server a a:5000/server a 127.0.0.1:$2/; /server [bc] /d" deploy/compose/haproxy.cfg > "$scratch/haproxy.cfg"
  start haproxy -db -f "$scratch/haproxy.cfg"
}
start_nginx() {
  local kind folders=""
  for kind in client_body proxy fastcgi uwsgi scgi; do folders+=" ${kind}_temp_path $scratch/$kind;"; done
  sed -e "s#^http {#http {$folders#" \
    -e "s#/run/nginx.pid#$scratch/nginx.pid#; s#/var/log/nginx#$scratch#; s#/etc/nginx/site.crt#$certificate#; s#/etc/nginx/site.key#$key#" \
    -e "s/listen 443/listen 127.0.0.1:$1/; /listen \[::\]/d; s/127.0.0.1:5000/127.0.0.1:$2/" deploy/proxies/nginx.conf > "$scratch/nginx.conf"
  start nginx -c "$scratch/nginx.conf" -g "daemon off;"
}
start_caddy() {
  sed -e "s/^{\$/{\n\tadmin off\n\tauto_https disable_redirects/" \
    -e "s#^logs.example.com {#https://127.0.0.1:$1 {\n\ttls $certificate $key#; s/127.0.0.1:5000/127.0.0.1:$2/" \
    deploy/proxies/Caddyfile > "$scratch/Caddyfile"
  start env HOME="$scratch" caddy run --adapter caddyfile --config "$scratch/Caddyfile"
}

# get PATH ARGUMENT...: the answer.
get() {
  curl --silent --fail --max-time 10 --cacert "$scratch/certificates/authority.crt" "https://127.0.0.1:$front$1" "${@:2}"
}
status_of() { get "$1" --no-fail --output /dev/null --write-out '%{http_code}\n' "${@:2}"; }
answers() { [ "$(status_of "${@:2}" || true)" = "$1" ]; }
holds() { [[ "$(get "${@:2}" || true)" == *"$1"* ]]; }

line='<158>1 2026-03-02T14:07:31.000000+00:00 host heroku router - at=info method=GET path="/" dyno=web.1 connect=1ms service=24ms status=200 bytes=5'
printf '%s %s\n' "$((${#line} + 1))" "$line" > "$scratch/batch"
{ yes "$line" || true; } | head --bytes=10485760 > "$scratch/large" # 10 MiB
sender=(--user USER:PASSWORD --header 'Content-Type: application/logplex-1' --header 'Logplex-Msg-Count: 1')
posts() { answers 204 /logdrains "${sender[@]}" --data-binary "@$scratch/$1" "${@:2}"; }
# Logplex has the same address for many drains, and it is not that of the one who is idle.
posts_often() { for _ in 1 2 3 4 5 6 7 8 9 10; do posts batch --interface 127.0.0.2 --max-time 5 || return 1; done; }
counted() { get /metrics --header "X-API-Key: SECRET" | grep --only-matching --max-count=1 '"total_requests":[0-9]*' | cut -d: -f2; }
counts_more_than() { [ "$(counted)" -gt "$1" ]; }

# open_idle NUMBER: connections that say nothing, in `idle`.
open_idle() {
  local connection
  idle=()
  while [ "${#idle[@]}" -lt "$1" ]; do
    exec {connection}<> "/dev/tcp/127.0.0.1/$front" || return 1
    idle+=("$connection")
  done 2> /dev/null
}
close_idle() {
  local connection
  for connection in "${idle[@]}"; do exec {connection}>&-; done
}

for proxy in haproxy nginx caddy; do
  command -v "$proxy" > /dev/null || { echo "not checked, because it is not installed: $proxy"; continue; }

  front="$(free_port)"
  "start_$proxy" "$front" "$echo"
  check "$proxy starts" eventually answers 200 /
  said="$(get / --header 'X-Forwarded-For: 6.6.6.6' --header 'X-Forwarded-Proto: http' --header 'Range: bytes=0-1' \
    --header 'Accept-Encoding: br' | tr -d '\r')"
  check "$proxy names the client, and nobody else: $said" grep --quiet --ignore-case --line-regexp 'X-Forwarded-For: 127\.0\.0\.1' <<< "$said"
  check "$proxy says that it speaks TLS: $said" grep --quiet --ignore-case --line-regexp 'X-Forwarded-Proto: https' <<< "$said"
  check "$proxy takes out what only makes work: $said" fails grep --quiet --ignore-case -E '6\.6\.6\.6|^(Range|Accept-Encoding):' <<< "$said"
  check "$proxy passes on a stream as it comes" holds "data: first" /stream --no-buffer --max-time 2
  stop "$process"

  front="$(free_port)"
  "start_$proxy" "$front" "$node"
  check "$proxy starts" eventually answers 200 /readyz
  before="$(counted)"
  check "$proxy passes on a batch" posts batch
  check "$proxy passes on a body of 10 MiB" posts large
  check "$proxy shows the metrics" eventually counts_more_than "$before"
  check "$proxy refuses nothing that the program takes: a chunked body" posts batch --header 'Transfer-Encoding: chunked'
  check "$proxy lets nobody send a body for ever" answers 408 /logdrains "${sender[@]}" --data-binary "@$scratch/large" \
    --limit-rate 1000 --max-time 30
  many=512
  if [ "$proxy" = haproxy ]; then
    many=2500 # more than its limit was when they shut everybody out
    check "HAProxy keeps the connection of a sender" fails holds "onnection: close" /logdrains "${sender[@]}" \
      --data-binary "@$scratch/batch" --dump-header -
    check "HAProxy ends the connection of a stranger" holds "onnection: close" /readyz --dump-header -
  fi
  check "$many idle connections can be tried" open_idle "$many"
  open_idle "$many"
  check "$proxy: a good sender goes on" posts_often
  close_idle
  stop "$process"
done

all_checked
