#!/usr/bin/env bash
# Fetches GraphiQL with what its page needs (1.6 MB), once per cache, and prints its folder.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder="$cache/graphiql-4.1.2"

fetch() {
  [ -d "$folder" ] && return
  local graphiql react dom sse work
  graphiql=$(npm_package graphiql 4.1.2 6aa9cb6d82e656d38b72991264f41545889881e8dc23059199be3b94fff2ad05)
  react=$(npm_package react 18.3.1 8d9bed01a672e7eaf387942d781ad47c6a43089a30a0306060f9fd5ac7870347)
  dom=$(npm_package react-dom 18.3.1 031d4427a99f2f3f6cac18bbbf308594a67e4f47d10f4896fdec446505b040e0)
  sse=$(npm_package graphql-sse 2.6.1 8f14aa258e63c9a8d56bac39ad8c0e8605801b6fd25076ed5762ed61973af2c3)
  work=$(mktemp -d "$cache/.graphiql.XXXXXX")
  tar -xzf "$graphiql" -C "$work" --strip-components=1 package/graphiql.min.js package/graphiql.min.css
  tar -xzf "$react" -C "$work" --strip-components=2 package/umd/react.production.min.js
  tar -xzf "$dom" -C "$work" --strip-components=2 package/umd/react-dom.production.min.js
  tar -xzf "$sse" -C "$work" --strip-components=2 package/umd/graphql-sse.min.js
  mv "$work" "$folder"
}

locked graphiql fetch
printf '%s\n' "$folder"
