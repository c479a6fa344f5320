#!/usr/bin/env bash
# Installs PostGraphile and its Node.js, once per lock file and cache, and prints their folder.
set -euo pipefail
# shellcheck source=../../../../deploy/local/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../../../deploy/local/common.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder="$cache/postgraphile-$(sha256sum "$here/package-lock.json" | cut -c 1-16)"

install() {
  [ -d "$folder" ] && return
  local work
  has npm || die "npm is missing and is needed to fetch PostGraphile. Install Node.js with npm."
  say "fetching PostGraphile from npm"
  work=$(mktemp -d "$cache/.postgraphile.XXXXXX")
  cp "$here/package.json" "$here/package-lock.json" "$work"
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent >&2) || die "npm could not fetch PostGraphile."
  mv "$work" "$folder"
}

[ -d "$folder" ] || locked postgraphile install
printf '%s\n' "$folder"
