#!/usr/bin/env bash
# Installs the system packages that are missing: packages.sh [tests|peers]. Does nothing when all are there.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

missing=()
need() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }
has_postgres() { has postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres'; }
has_java_compiler() { has java && has javac; }

need postgresql has_postgres
need ffmpeg has ffmpeg
need pocketsphinx has pocketsphinx_batch
need pocketsphinx-en-us test -d /usr/share/pocketsphinx/model/en-us
need fonts-dejavu-core compgen -G '/usr/share/fonts/truetype/dejavu/*.ttf'
need default-jdk-headless has_java_compiler
need npm has npm
# For librdkafka, unless an earlier run or the caller has built it.
if [ ! -f "${LIBRDKAFKA_PATH:-$cache/librdkafka-2.15.1/librdkafka.so}" ]; then
  need gcc has gcc
  need libc6-dev test -f /usr/include/stdlib.h
  need make has make
  need libssl-dev test -f /usr/include/openssl/ssl.h
  need zlib1g-dev test -f /usr/include/zlib.h
fi
if [ "${1:-}" = tests ]; then
  need radosgw has radosgw
  need ceph-mon has ceph-mon
  need ceph-osd has ceph-osd
  need ceph-common has ceph
  need chromium has chromium
  need shellcheck has shellcheck
  need yamllint has yamllint
  if ! docker compose version >/dev/null 2>&1; then need docker-compose has docker-compose; fi
fi
if [ "${1:-}" = peers ]; then
  # Debian's packages of Python belong to Debian's Python.
  need celery has celery
  need python3-celery /usr/bin/python3 -c 'import celery'
  need python3-redis /usr/bin/python3 -c 'import redis'
  need python3-psycopg2 /usr/bin/python3 -c 'import psycopg2'
  need redis-server has redis-server
fi
[ ${#missing[@]} -gt 0 ] || exit 0

has apt-get || die "Missing, and there is no apt-get to install it: ${missing[*]} (names of Debian packages)."
root=()
if [ "$(id -u)" -ne 0 ]; then
  has sudo || die "Missing, and neither root nor sudo to install it: apt-get install --no-install-recommends ${missing[*]}"
  root=(sudo)
fi
say "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >>"$log" 2>&1 </dev/null; }
{ apt update && apt install -y --no-install-recommends "${missing[@]}"; } || {
  tail -n 20 "$log" >&2
  die "apt-get could not install ${missing[*]}; its last words are above."
}
