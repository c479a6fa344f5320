#!/usr/bin/env bash
# Installs the clients that judge the transports, once per lock file and cache, and prints their folder.
set -euo pipefail
# shellcheck source=../../../deploy/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../deploy/local/common.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="$cache/graphql-clients-$(sha256sum "$here/package-lock.json" | cut -c 1-16)"

install() {
  [ -d "$folder" ] && return
  local work
  has npm || die "npm is missing and is needed to fetch GraphQL clients. Install Node.js with npm."
  say "fetching GraphQL clients from npm"
  work=$(mktemp -d "$cache/.graphql-clients.XXXXXX")
  cp "$here/package.json" "$here/package-lock.json" "$work"
  (cd "$work" && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund --silent >&2) || die "npm could not fetch the GraphQL clients."
  mv "$work" "$folder"
}

has node || die "node is missing and is needed to run GraphQL clients. Install Node.js 20 or later."
[ -d "$folder" ] || locked graphql-clients install
printf '%s\n' "$folder"
