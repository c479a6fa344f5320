#!/usr/bin/env bash
# build.sh FOLDER: generates the types of samples/web-client, checks it and builds its page into FOLDER, with packages that are installed once
# per lock file and cache.
set -euo pipefail
# shellcheck source=../../../deploy/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../deploy/local/common.sh"

sample="$repository/samples/web-client"
packages="$cache/web-client-$(sha256sum "$sample/package-lock.json" | cut -c 1-16)"

install() {
  [ -d "$packages" ] && return
  local work
  has npm || die "npm is missing and is needed to build the web client. Install Node.js with npm."
  say "fetching what builds the web client from npm"
  work=$(mktemp -d "$cache/.web-client.XXXXXX")
  cp "$sample/package.json" "$sample/package-lock.json" "$work"
  # Tests may wait three minutes for a program, and the page is to be built in them too.
  (cd "$work" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund --silent >&2) || {
    rm -rf "$work"
    die "npm could not fetch what builds the web client within two minutes."
  }
  mv "$work" "$packages"
}

has node || die "node is missing and is needed to build the web client. Install Node.js 20 or later."
[ -d "$packages" ] || locked web-client install
cp -r "$sample/src" "$sample"/*.ts "$sample"/*.html "$sample/package.json" "$sample/tsconfig.json" "$1"
ln -s "$packages/node_modules" "$1/node_modules"
cd "$1"
SCHEMA="$repository/src/Api/schema.graphql" npm run --silent build >&2
