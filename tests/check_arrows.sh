#!/usr/bin/env bash
# Fails if an include points against the arrows of docs/architecture.md: messages <- db <- actors, messages <- http; main.cpp sees all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wrong=0

# allow FOLDER PATTERN: every #include line below FOLDER must match PATTERN.
allow() {
  local found
  found="$(git grep --untracked --line-number -E '^ *# *include' -- "$1/*.hpp" "$1/*.cpp" | grep -vE "include ($2)")" || return 0
  wrong=1
  printf '%s may not include:\n%s\n' "$1" "$found"
}

# forbid FOLDER PATTERN: no #include line below FOLDER may match PATTERN.
forbid() {
  if git grep --untracked --line-number -E "^ *# *include *($2)" -- "$1/*.hpp" "$1/*.cpp"; then
    wrong=1
    echo "$1 may not include these."
  fi
}

allow messages '"messages/|<'
allow db '"(messages|db)/|<'
allow actors '"(messages|db|actors)/|<'
allow http '"(messages|http)/|<'

# Boxes speak no HTTP and no TLS, and make no JSON: http/client, http/gate and http/render do.
forbid actors '<(httplib|openssl/.*|nlohmann/.*)[.>]'

# A source includes its own header first, so the header compiles alone: tests/headers compiles only the others.
while read -r source; do
  header="${source%.cpp}.hpp"
  if [ -f "$header" ] && [ "$(grep --max-count=1 '^#include' "$source")" != "#include \"$header\"" ]; then
    wrong=1
    echo "$source must include $header first."
  fi
done < <(git ls-files --cached --others --exclude-standard -- '*.cpp' ':!tests/*')

# Within a room: the databases do not know each other, the journal knows neither, and connections serve any handler.
# Headers of db itself are what its folders share.
allow db/geoip '"(messages|db/geoip)/|<'
allow db/journal '"(messages|db/journal)/|"db/[a-z_]+\.hpp|<'
allow db/postgres '"(messages|db/postgres)/|"db/[a-z_]+\.hpp|<'
allow db/sqlite '"(messages|db/sqlite)/|"db/[a-z_]+\.hpp|<'
allow http/body '"http/body/|<'
allow http/client '"(messages|http/(client|render))/|<'
allow http/connections '"(messages|http/(connections|body))/|<'
allow http/access '"(messages|http/(access|connections))/|<'
allow http/gate '"(messages|http/(gate|connections))/|<'
allow http/render '"(messages|http/(render|connections))/|<'
allow http/endpoints '"(messages|http/(access|body|connections|dashboard|endpoints|render))/|<'

# The pure folders: standard library, fmt, RE2, processor intrinsics and each other; no input or output, threads or files.
for room in logplex lines rollup alerts; do
  allow "messages/$room" '"messages/|<(fmt|re2|tl)/|<[a-z0-9_]+>|<std(def|int)\.h>|<[a-z]+intrin\.h>'
  if git grep --line-number --untracked -E '<(fstream|iostream|filesystem|thread|mutex|future|condition_variable)>|(system|steady|high_resolution)_clock::now|"messages/((cluster/)?(interfaces|type_ids)|settings/config|service_log)\.hpp"' -- "messages/$room"; then
    wrong=1
    echo "messages/$room does no input or output, and reads no clock: its callers pass in the results."
  fi
done

exit "$wrong"
