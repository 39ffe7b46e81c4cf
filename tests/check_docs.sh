#!/usr/bin/env bash
# Fails if something is named that does not exist (check_references.py), docs/settings.md is stale, or a lock file names a host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wrong=0

tests/check_references.py || wrong=1

if ! diff <(docs/settings.sh) docs/settings.md; then
  wrong=1
  echo "docs/settings.md is stale. Renew it: docs/settings.sh > docs/settings.md"
fi

if git grep --untracked --line-number '"resolved"' -- '*package-lock.json'; then
  wrong=1
  echo "These lock files name the host of a registry. Run npm in their own folder: .npmrc there leaves the host out."
fi

exit "$wrong"
