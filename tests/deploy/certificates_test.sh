#!/usr/bin/env bash
# deploy/make-certificates.sh: its files are valid for both ends of mutual TLS and are reused, and no foreign certificate is accepted.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/deploy/checks.sh
. tests/deploy/checks.sh

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
own="$scratch/own"
foreign="$scratch/foreign"


make() { deploy/make-certificates.sh "$@"; }
# refuses WORDS ARGUMENTS...: it fails, and its sentence holds WORDS.
refuses() {
  local words="$1" said
  shift
  if said="$(make "$@" 2>&1)"; then echo "it did not fail"; return 1; fi
  echo "$said"
  [[ "$said" == *"$words"* ]]
}

is_valid_for() { openssl verify -x509_strict -purpose "$1" -CAfile "$2/authority.crt" "$3/node.crt"; }
names() { openssl x509 -in "$1" -noout -ext subjectAltName; }
holds() { local words="$1"; shift; "$@" | tee /dev/stderr | grep --quiet --fixed-strings -- "$words"; }
sums() { sha256sum "$own/authority.crt" "$own/authority.key" "$own"/*/*; }
days_left() { openssl x509 -in "$1" -noout -checkend "$(($2 * 86400))"; }

make --out "$own" a b=b.example.com,10.0.0.2,::1 > /dev/null
make --out "$foreign" a > /dev/null

for node in a b; do
  check "$node's certificate is good for a server" is_valid_for sslserver "$own" "$own/$node"
  check "$node's certificate is good for a client" is_valid_for sslclient "$own" "$own/$node"
  check "$node's folder holds the authority" cmp "$own/authority.crt" "$own/$node/authority.crt"
  check "$node's certificate lives at least two years" days_left "$own/$node/node.crt" 730
done
check "a foreign authority's certificate is not valid" fails is_valid_for sslserver "$own" "$foreign/a"
check "a certificate of ours is not valid elsewhere" fails is_valid_for sslclient "$foreign" "$own/a"
check "no node may sign for others" fails openssl verify -CAfile "$own/authority.crt" -untrusted "$own/a/node.crt" \
  -purpose crlsign "$own/a/node.crt"
check "keys are of the curve P-256" holds "ASN1 OID: prime256v1" openssl pkey -in "$own/a/node.key" -noout -text
check "a node is named by its certificate" holds "DNS:a" names "$own/a/node.crt"
for name in DNS:b DNS:b.example.com "IP Address:10.0.0.2" "IP Address:0:0:0:0:0:0:0:1"; do
  check "other names are in it, too" holds "$name" names "$own/b/node.crt"
done
check "only the owner can read the files" test -z "$(find "$own" -type f ! -perm 600)"
check "only the owner can look into the folders" test -z "$(find "$own" -type d ! -perm 700)"

before="$(sums)"
make --out "$own" a b > /dev/null
check "existing files are left alone" test "$before" = "$(sums)"

make --out "$own" c > /dev/null
check "a node can be added later" is_valid_for sslserver "$own" "$own/c"
check "the authority stays" test "$(head -n 2 <<< "$before")" = "$(sums | head -n 2)"

cp "$own/b/node.crt" "$scratch/old.crt"
cp "$own/b/node.key" "$scratch/old.key"
make --out "$own" --renew --days 30 b > /dev/null
check "--renew makes a new certificate" fails cmp "$scratch/old.crt" "$own/b/node.crt"
check "--renew keeps the key" cmp "$scratch/old.key" "$own/b/node.key"
check "--renew keeps the names" test "$(names "$scratch/old.crt")" = "$(names "$own/b/node.crt")"
check "a renewed certificate is valid" is_valid_for sslclient "$own" "$own/b"
check "--days says for how long" fails days_left "$own/b/node.crt" 31
make --out "$own" --renew b=new.example.com > /dev/null
check "--renew takes new names" holds "DNS:new.example.com" names "$own/b/node.crt"

check "it wants a folder" refuses "--out is missing" a
check "it wants a node" refuses "at least one node" --out "$own"
check "it names what it does not know" refuses "no option --renwe" --out "$own" --renwe a
check "a node's name stays in the folder" refuses "not '../a'" --out "$own" ../a
check "a name adds nothing else to the certificate" refuses "not 'd=x" --out "$own" $'d=x\nbasicConstraints=CA:TRUE'
check "days are a number" refuses "--days must be" --out "$own" --days soon a
check "no certificate outlives the authority" refuses "the authority ends" --out "$own" --days 9000 d
cp -r "$foreign/a" "$own/stranger"
check "a stranger's certificate is not kept" refuses "of another authority" --out "$own" stranger
cp "$own/a/node.key" "$own/c/node.key"
check "a key must fit its certificate" refuses "is not the key of" --out "$own" c
cp "$foreign/authority.key" "$own/authority.key"
check "an authority's key must fit" refuses "is not the key of" --out "$own" d
check "a key that does not fit is not replaced" cmp "$foreign/authority.key" "$own/authority.key"
rm "$own/authority.key"
check "no new authority takes the place of one without key" refuses "but not its key" --out "$own" d
mv "$foreign/authority.key" "$own/authority.key"
rm "$own/authority.crt"
check "a key without certificate is not replaced" refuses "but not its certificate" --out "$own" d
check "nothing half done is left behind" test -z "$(find "$own" -name '.new-*')"

all_checked
