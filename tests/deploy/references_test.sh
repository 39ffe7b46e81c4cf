#!/usr/bin/env bash
# tests/check_references.py finds each kind of reference that leads nowhere, and nothing in a folder where all is well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
git init --quiet
mkdir docs messages actors http
: > main.cpp

# healthy: the files of a folder without a fault.
healthy() {
  cat > docs/architecture.md << 'TEXT'
# Architecture

## Who sends what to whom

| to | message | answer | from |
| --- | --- | --- | --- |
| router | `batch_ptr` | – | parser |
| router | `caf::get_atom, int` | `std::map<int, int>` | http |

## Roles and boxes

| box | is also |
| --- | --- |
| twin | router |

## Promises

| # | promise |
| --- | --- |
| P1 | Acknowledged means durable. |
TEXT
  cat > docs/formats.md << 'TEXT'
# Formats

## 1. The request

Section 2.2 has the [fields](#22-two-fields).

### 2.2 Two fields

See [the promises](architecture.md#promises), `messages/interfaces.hpp` and architecture.md.
TEXT
  cat > messages/interfaces.hpp << 'TEXT'
using router_actor = caf::typed_actor<
    // Fans one batch out (formats
    // sections 1 and 2.2; formats.md 2.2; promise P1; RFC 5424, section 6.3).
    caf::reacts_to<batch_ptr>, caf::replies_to<caf::get_atom, int>::with<std::map<int, int>>>;
using twin_actor = router_actor::extend<>;
TEXT
  echo 'send(router_, batch_ptr{});' > actors/parser.cpp
  echo 'request(router_, get_atom_v, 1);' > http/server.cpp
}
finds() { local said; ! said="$("$check_references" .)" && grep --quiet --fixed-strings -- "$1" <<< "$said"; }
# breaks SENTENCE FILE EXPRESSION: after this edit of sed's, the check says the sentence.
breaks() {
  healthy
  sed --in-place "$3" "$2"
  check "the check says: $1" finds "$1"
}

check_references="$OLDPWD/tests/check_references.py"
healthy
check "a folder without a fault is accepted" "$check_references" .

breaks 'links to other.md, which does not exist' docs/formats.md 's/](architecture.md#promises)/](other.md)/'
breaks 'architecture.md has no such heading' docs/formats.md 's/#promises/#promise/'
breaks 'formats.md has no such heading' docs/formats.md 's/#22-two/#22-three/'
breaks 'names messages/interface.hpp, which does not exist' docs/formats.md 's/interfaces.hpp/interface.hpp/'
breaks 'names design.md, which is no document of ours' docs/formats.md 's/and architecture.md/and design.md/'
breaks 'names section 3 of formats.md' messages/interfaces.hpp 's/sections 1 and/sections 3 and/'
breaks 'names section 2.3 of formats.md' messages/interfaces.hpp 's/md 2\.2;/md 2.3;/'
breaks 'names section 2.3 of a document that does not exist' docs/formats.md 's/Section 2\.2/Section 2.3/'
breaks 'of a document that does not exist' messages/interfaces.hpp 's/formats$/design/'
breaks 'names promise P2' messages/interfaces.hpp 's/promise P1/promise P2/'
breaks 'lacks “router | batch_ptr | –”' docs/architecture.md '/batch_ptr/d'
breaks 'lists “router | frame_ptr | –”' docs/architecture.md 's/batch_ptr/frame_ptr/'
breaks 'parser sends caf::get_atom, int' docs/architecture.md 's/| http |/| parser |/'
breaks 'lacks “twin | router”' docs/architecture.md 's/^| twin.*/| other | router |/'
breaks 'has no table below' docs/architecture.md 's/^## Who.*/## Messages/'

all_checked
