#!/usr/bin/env bash
# Unpacks the reference implementation of GraphQL, once per cache, and prints its folder.
set -euo pipefail
# shellcheck source=../../../deploy/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../deploy/local/common.sh"

version=17.1.0
folder="$cache/graphql-$version"

unpack() {
  [ -d "$folder" ] && return
  local tarball work
  tarball=$(npm_package graphql $version ed185cae085a091b223b58c46d701e320c150cf79fc8aa413b130d6ed8668724)
  work=$(mktemp -d "$cache/.graphql.XXXXXX")
  tar -xzf "$tarball" -C "$work" --strip-components=1
  mv "$work" "$folder"
}

has node || die "node is missing and is needed to run the reference implementation of GraphQL. Install Node.js 20 or later."
[ -d "$folder" ] || locked graphql unpack
printf '%s\n' "$folder"
