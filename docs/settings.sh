#!/usr/bin/env bash
# Prints docs/settings.md, made from the help of the built program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cat << 'TEXT'
# Settings

<!-- Made by docs/settings.sh from `parseflow --help`; do not edit. -->

Every setting can stand on the command line, in a file (`--config=FILE`) or, where a name in brackets says so, in the
environment. An unknown or malformed setting stops the start with a sentence that says which, and what would be right.

```text
TEXT
"${PARSEFLOW_BINARY:-build/release/parseflow}" --help
echo '```'
