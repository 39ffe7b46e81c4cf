#!/usr/bin/env bash
# Makes the files with which the nodes of a cluster authenticate to each other: a private authority, and a key and a
# certificate for each node.
set -euo pipefail
# Only the owner may read the files.
umask 077

authority_days=3650
node_days=825

usage() {
  cat << TEXT
Usage: deploy/make-certificates.sh --out DIR [--renew] [--days N] NODE[=NAME,NAME...]...

Makes DIR/authority.crt and DIR/authority.key, unless they exist, and for each NODE the folder DIR/NODE with
the files that this node needs: node.crt, node.key and authority.crt. The certificate names NODE and each NAME, host
names or IP addresses under which the node is reached.

  deploy/make-certificates.sh --out certificates a b c
  deploy/make-certificates.sh --out certificates d=d.example.com,10.0.0.4    one more node, of the same authority
  deploy/make-certificates.sh --out certificates --renew a                   before the old one expires

  --out DIR   the folder for the files
  --renew     make a new certificate also for nodes that have one, for the same key, and for the same names if none
              are given; without --renew these nodes are skipped
  --days N    how long a node's certificate is valid (default: $node_days); the authority's is for $authority_days days

Copy DIR/NODE to its node and nowhere else. Keep authority.key off the nodes: anyone who has it can join the cluster.
TEXT
}

fail() { echo "make-certificates.sh: $*" >&2; exit 1; }
misused() { echo "make-certificates.sh: $*; see --help." >&2; exit 2; }

# quietly COMMAND...: its output is shown only if it fails.
quietly() {
  local said
  said="$("$@" 2>&1)" || fail "$1 $2 failed: $said"
}

public_key_of_certificate() { openssl x509 -in "$1" -noout -pubkey; }

# has_key CERTIFICATE KEY: true if they belong together.
has_key() { [ "$(public_key_of_certificate "$1")" = "$(openssl pkey -in "$2" -pubout)" ]; }

end_of() { openssl x509 -in "$1" -noout -enddate | sed 's/^notAfter=//'; }

make_key() { quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

make_authority() {
  if [ -e "$authority" ] && [ -e "$authority_key" ]; then
    has_key "$authority" "$authority_key" || fail "$authority_key is not the key of $authority: put the right key there."
    return 0
  fi
  [ ! -e "$authority" ] || fail "$authority exists, but not its key $authority_key. Put the key there, or make a new" \
    "authority in another folder; all nodes then need new certificates."
  [ ! -e "$authority_key" ] || fail "$authority_key exists, but not its certificate $authority. Put it there (every" \
    "node has a copy), or make a new authority in another folder; all nodes then need new certificates."
  make_key "$scratch/authority.key"
  quietly openssl req -x509 -new -key "$scratch/authority.key" -sha256 -days "$authority_days" \
    -subj "/CN=ParseFlow cluster authority" -out "$scratch/authority.crt" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
  mv --no-clobber "$scratch/authority.key" "$authority_key"
  mv "$scratch/authority.crt" "$authority"
  echo "$authority: new authority, valid until $(end_of "$authority")"
}

# alternative_names NODE NAMES: both as openssl's subjectAltName.
alternative_names() {
  local name found=""
  while read -r name; do
    case "$name" in
      "") continue ;;
      *:*) found+=",IP:$name" ;;
      *[!0-9.]*) found+=",DNS:$name" ;;
      *.*.*.*) found+=",IP:$name" ;;
      *) found+=",DNS:$name" ;;
    esac
  done < <(printf '%s\n' "$1" "${2//,/$'\n'}" | awk '!seen[$0]++')
  echo "${found#,}"
}

# names_in CERTIFICATE: as openssl's subjectAltName.
names_in() { openssl x509 -in "$1" -noout -ext subjectAltName | sed -n '2{s/^ *//; s/, /,/g; s/IP Address:/IP:/g; p}'; }

# make_node NODE NAMES
make_node() {
  local node="$1" folder="$out/$1" key="$out/$1/node.key" certificate="$out/$1/node.crt" alternatives
  mkdir -p "$folder"
  if [ -e "$certificate" ] && [ "$renew" = no ]; then
    openssl verify -CAfile "$authority" "$certificate" > /dev/null 2>&1 \
      || fail "$certificate has expired, or is of another authority than $authority: make a new one with --renew $node."
    { [ -e "$key" ] && has_key "$certificate" "$key"; } \
      || fail "$key is not the key of $certificate, or is missing. Remove the folder $folder to make both again."
    echo "$folder: kept, valid until $(end_of "$certificate")"
    return 0
  fi
  if [ ! -e "$key" ]; then
    make_key "$scratch/node.key"
    mv "$scratch/node.key" "$key"
  fi
  if [ -e "$certificate" ] && [ -z "$2" ]; then
    alternatives="$(names_in "$certificate")"
  else
    alternatives="$(alternative_names "$node" "$2")"
  fi
  quietly openssl req -new -key "$key" -sha256 -subj "/CN=$node" -out "$scratch/node.csr"
  cat > "$scratch/extensions" << TEXT
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $alternatives
TEXT
  quietly openssl x509 -req -in "$scratch/node.csr" -CA "$authority" -CAkey "$authority_key" -sha256 -days "$node_days" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$scratch/extensions" -out "$scratch/node.crt"
  cp "$authority" "$scratch/copy.crt"
  mv "$scratch/copy.crt" "$folder/authority.crt"
  mv "$scratch/node.crt" "$certificate"
  echo "$folder: new certificate, valid until $(end_of "$certificate")"
}

out=""
renew=no
nodes=()
while [ $# -gt 0 ]; do
  case "$1" in
    --out | --days)
      [ $# -ge 2 ] || misused "$1 needs a value"
      if [ "$1" = --out ]; then out="$2"; else node_days="$2"; fi
      shift
      ;;
    --renew) renew=yes ;;
    --help | -h) usage; exit 0 ;;
    -*) misused "there is no option $1" ;;
    *) nodes+=("$1") ;;
  esac
  shift
done
[ -n "$out" ] || misused "--out is missing: the folder for the files"
[ "${#nodes[@]}" -gt 0 ] || misused "name at least one node"
[[ "$node_days" =~ ^[1-9][0-9]{0,3}$ ]] || misused "--days must be 1 to 9999, not '$node_days'"
for entry in "${nodes[@]}"; do
  [[ "$entry" =~ ^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})(=[A-Za-z0-9.:,_-]+)?$ ]] \
    || misused "a node is NODE or NODE=NAME,NAME... of letters, digits, '.', '-' and '_' (NODE at most 63), not '$entry'"
done
command -v openssl > /dev/null || fail "openssl is missing: install the package openssl."

mkdir -p "$out" || fail "cannot make the folder $out."
authority="$out/authority.crt"
authority_key="$out/authority.key"
# In the same file system, so that each file appears complete or not at all.
scratch="$(mktemp -d "$out/.new-XXXXXX")" || fail "cannot write to $out."
trap 'rm -rf "$scratch"' EXIT

make_authority
openssl x509 -in "$authority" -noout -checkend "$((node_days * 86400))" > /dev/null \
  || fail "the authority ends on $(end_of "$authority"), before a certificate of $node_days days would. Choose fewer --days, or" \
    "make a new authority in another folder; all nodes then need new certificates."
for entry in "${nodes[@]}"; do
  names=""
  [[ "$entry" != *=* ]] || names="${entry#*=}"
  make_node "${entry%%=*}" "$names"
done
