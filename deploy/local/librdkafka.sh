#!/usr/bin/env bash
# Builds librdkafka, the native half of the Kafka client, once per cache, and prints the path of the library.
# The source comes with the npm package @confluentinc/kafka-javascript (2.8 MB); the build takes about a minute.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=2.15.1
library="${LIBRDKAFKA_PATH:-$cache/librdkafka-$version/librdkafka.so}"

build() {
  [ -f "$library" ] && return
  local tarball work
  for tool in gcc make; do
    has $tool || die "$tool is missing and is needed to build librdkafka. Run deploy/local/packages.sh."
  done
  tarball=$(npm_package @confluentinc/kafka-javascript 1.10.1 ada7d703bb1d3237e2292bfabf438d663b6160c9f1ac2a2406b5dc4257c81b66)
  work=$(mktemp -d "$cache/.librdkafka.XXXXXX")
  tar -xzf "$tarball" -C "$work" --strip-components=3 package/deps/librdkafka
  say "building librdkafka $version (about a minute)"
  (
    cd "$work"
    ./configure --disable-gssapi --disable-curl --disable-lz4-ext --disable-zstd
    make -C src -j"$(nproc)" librdkafka.so.1
  ) >"$work/build.log" 2>&1 || {
    tail -n 20 "$work/build.log" >&2
    die "librdkafka could not be built; the whole log is $work/build.log."
  }
  mkdir -p "$(dirname "$library")"
  strip -o "$library.new" "$work/src/librdkafka.so.1"
  mv "$library.new" "$library"
  rm -rf "$work"
}

[ -f "$library" ] || locked librdkafka build
printf '%s\n' "$library"
