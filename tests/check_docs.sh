#!/usr/bin/env bash
# Fails if a document links to a file that does not exist, docs/settings.md is stale, or a lock file names a host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wrong=0

while IFS=: read -r document target; do
  [ -e "$(dirname "$document")/$target" ] && continue
  wrong=1
  echo "$document links to $target, which does not exist."
done < <(git ls-files --cached --others --exclude-standard -- '*.md' | xargs grep --with-filename -oE '\]\([^)# ]+' \
  | sed 's/:\](/:/' | grep -vE ':[a-z]+://' || true)

if ! diff <(docs/settings.sh) docs/settings.md; then
  wrong=1
  echo "docs/settings.md is stale. Renew it: docs/settings.sh > docs/settings.md"
fi

if git grep --untracked --line-number '"resolved"' -- '*package-lock.json'; then
  wrong=1
  echo "These lock files name a registry's host. Make them in their own folder, where .npmrc leaves it out."
fi

exit "$wrong"
