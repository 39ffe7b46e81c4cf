#!/usr/bin/env bash
# Makes the files beside it: what version 0.1.0 leaves behind if it is killed while its database is away. Run once, as root,
# with the program of that version (commit 3e1f940): tests/data/0.1.0/make.sh /path/to/parseflow
#
#   sqlite.tar.gz     its data folder with SQLite: 12 frames stored, 5 in the journal only
#   postgres.tar.gz   its data folder with PostgreSQL 15 (the journal): the same
#   postgres.sql      the database, as pg_dump writes it
#
# A frame of every odd number is of the app shop, of every even one of blog; each has the ten lines of `body_of`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
parseflow="$(realpath "$1")"
binaries=/usr/lib/postgresql/15/bin

scratch="$(mktemp -d)"
chmod 0755 "$scratch"
service=""
end_all() {
  [ -z "$service" ] || kill -KILL "$service" 2> /dev/null || true
  [ ! -e "$scratch/server/postmaster.pid" ] || as_postgres "$binaries/pg_ctl" --pgdata="$scratch/server" stop --mode=immediate > /dev/null
  rm -rf "$scratch"
}
trap end_all EXIT
as_postgres() { runuser --user=postgres -- "$@"; }

# start FOLDER [DATABASE_URL]: with segments so small that some are used up.
start() {
  env --ignore-environment ${2:+"DATABASE_URL=$2"} "$parseflow" --http.port=0 --http.requests-per-minute=0 \
    --storage.directory="$1" --journal.segment-bytes=16384 --journal.quota-bytes=65536 2> "$scratch/log" &
  service=$!
  until port="$(sed -nE 's/.*listening on http:[^ ]*:([0-9]+)"?$/\1/p' "$scratch/log")" && [ -n "$port" ]; do sleep 0.1; done
}
kill_it() {
  kill -KILL "$service"
  wait "$service" 2> /dev/null || true
  service=""
}
metric() { curl --silent "http://127.0.0.1:$port/metrics" | grep --only-matching "\"$1\":[^,}]*" | cut -d: -f2; }
until_is() { until [ "$(metric "$1")" = "$2" ]; do sleep 0.1; done; }

# line SOURCE PROC TEXT: octet-counted, dated now.
line() {
  local text
  text="<158>1 $(date --utc +%FT%T.%6N+00:00) host $1 $2 - $3"
  printf '%s %s\n' "$((${#text} + 1))" "$text"
}
body_of() {
  local router='host=shop.example.com fwd="203.0.113.9" connect=1ms'
  line heroku router "at=info method=GET path=\"/products\" request_id=$1-1 $router dyno=web.1 service=24ms status=200 bytes=512 protocol=https"
  line heroku router "at=info method=GET path=\"/\" request_id=$1-2 $router dyno=web.2 service=1500ms status=200 bytes=512 protocol=https"
  line heroku router "at=info method=GET path=\"/old\" request_id=$1-3 $router dyno=web.1 service=3ms status=301 bytes=0 protocol=https"
  line heroku router "at=info method=DELETE path=\"/nowhere\" request_id=$1-4 $router dyno=web.1 service=3ms status=404 bytes=9 protocol=https"
  line heroku router "at=error code=H12 desc=\"Request timeout\" method=POST path=\"/checkout\" request_id=$1-5 $router dyno=web.2 service=30000ms status=503 bytes=0 protocol=https"
  line app web.1 "hello from frame $1"
  line app web.1 "count#orders=2 measure#db.query=12.5ms sample#queue=3"
  line heroku web.1 "source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB"
  line app heroku-postgres "source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes"
  line heroku web.1 "State changed from starting to up"
}
# post FIRST LAST: the frames of these numbers, one after the other.
post() {
  local number app
  for number in $(seq "$1" "$2"); do
    app="$([ "$((number % 2))" -eq 1 ] && echo shop || echo blog)"
    body_of "$number" | curl --silent --fail "http://127.0.0.1:$port/logdrains?app=$app" --data-binary @- \
      --header 'Content-Type: application/logplex-1' --header 'Logplex-Msg-Count: 10' --header 'User-Agent: Logplex/v72' \
      --header "Logplex-Drain-Token: d.$app" --header "Logplex-Frame-Id: FRAME$number"
  done
}
pack() { tar --create --gzip --file "$1" --owner=root --group=root --directory "$2" .; }

# SQLite is away while somebody else writes.
start "$scratch/sqlite"
post 1 12
until_is stored_lines 120
sleep 3 # the alerts of the timeouts are raised and stored
mkfifo "$scratch/lock"
sqlite3 "$scratch/sqlite/parseflow.db" < "$scratch/lock" &
locker=$!
exec 3> "$scratch/lock"
echo 'BEGIN IMMEDIATE;' >&3
post 13 17
until_is total_requests 85
kill_it
exec 3>&-
wait "$locker"
pack sqlite.tar.gz "$scratch/sqlite"

mkdir "$scratch/server"
chown postgres "$scratch/server"
as_postgres "$binaries/initdb" --auth=trust --encoding=UTF8 --locale=C --pgdata="$scratch/server" > /dev/null
control() { as_postgres "$binaries/pg_ctl" --pgdata="$scratch/server" --wait --log="$scratch/server/log" --options="-p 29432 -k ''" "$@" > /dev/null; }
control start
url=postgres://postgres@127.0.0.1:29432/postgres
start "$scratch/postgres" "$url"
post 1 12
until_is stored_lines 120
sleep 3
control stop
post 13 17
until_is total_requests 85
kill_it
control start
"$binaries/pg_dump" --inserts --no-owner --no-privileges "$url" | sed '/^[\\]/d' > postgres.sql
pack postgres.tar.gz "$scratch/postgres"
