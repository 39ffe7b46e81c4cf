#!/usr/bin/env bash
# Prints docs/settings.md, made from the help of the built program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cat << 'TEXT'
# Settings

<!-- Made by docs/settings.sh from `parseflow --help`; do not edit. -->

Every setting can stand on the command line, in a file (`--config=FILE`) or, where a name in brackets says so, in the
environment. An unknown or malformed setting stops the start with a sentence that says which, and what would be right;
one in a file is named with its line. `parseflow check` reads them and starts nothing.

## A config file

```ini
# Comments begin with # or ; and lines end as any editor ends them.
[http]
host = 0.0.0.0
port = 5000                      # after a value a comment begins with #
drains = shop:logplex:A-LONG-PASSWORD-1, blog:logplex:A-LONG-PASSWORD-2
api-key = 'a;key#with "signs"'   # each character stands for itself
keep-alive = 10min

[storage]
directory = /var/lib/parseflow
url = "postgres://parseflow:PASSWORD@database.example.com/parseflow?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"

[retention]
log-lines = 14d
alerts = 0

[alerts]
rules = "many: requests > 1000 over 5m; slow: p95_ms > 2000 over 10m critical"
```

A value needs quotes only if it holds `;`, or a blank before `#`, or begins with a quote, or begins or ends with a blank. Within `"…"`
a backslash stands before `"`, `\`, `n`, `r` or `t`. Durations are a whole number with a unit: `ms`, `s`, `min`, `h`, `d`.

## Secrets

What is marked as a secret is refused on the command line, which every user of the machine can read, even where the value holds no
password, as in `sqlite:PATH`. There are three places for it:

| place | for example |
| --- | --- |
| the environment | `METRICS_API_KEY=…` |
| a file of its own, named by the same variable with `_FILE` | `METRICS_API_KEY_FILE=/run/secrets/api-key`; line breaks at its end do not count |
| the config file | `[http]` and `api-key = …`; only the user of the service should be able to read it (`chmod 600`) |

Of a variable and its `_FILE` only one may be set. Under systemd `LoadCredential=api-key:/etc/parseflow/api-key` and
`Environment=METRICS_API_KEY_FILE=%d/api-key` hand over a file that only root can read.

## While the service runs

On `SIGHUP` (`systemctl reload`) the service reads the config file and the files of secrets again, and renewed certificates. It takes up
the settings that are marked "can be reloaded" below, and its log names them, and those that have changed and need a restart. If
something is wrong in the file, or with what would be taken up beside what would not, the log says what and where, and nothing
changes. The command line and the environment stay as they were, and win over the file as at the start.

## All settings

```text
TEXT
"${PARSEFLOW_BINARY:-build/release/parseflow}" --help
echo '```'
