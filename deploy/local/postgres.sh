#!/usr/bin/env bash
# A PostgreSQL server of our own on loopback, its data in .data/postgres.
#   postgres.sh start [NAME=VALUE...]   starts it if it does not run, prints its connection string
#   postgres.sh stop
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder="$data/postgres"
cluster="$folder/cluster"
password="$folder/password"
pid_file="$cluster/postmaster.pid"

binaries() {
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1) || true
  if [ -z "$newest" ]; then newest=$(command -v postgres) || die "PostgreSQL is missing. Run deploy/local/packages.sh."; fi
  dirname "$newest"
}

# PostgreSQL refuses to run as root, so root becomes its user. Where that user may not enter the folders above the data
# (a checkout below /root), it keeps the one capability that lets it pass.
as_owner() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif runuser -u postgres -- test -x "$folder"; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    setpriv --reuid=postgres --regid=postgres --init-groups --inh-caps=+dac_override --ambient-caps=+dac_override -- "$@"
  fi
}

create() {
  local work="$folder/new"
  say "creating a PostgreSQL cluster in $cluster"
  rm -rf "$work"
  mkdir -p "$work"
  head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$password"
  chmod 600 "$password"
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$work" "$password"; fi
  as_owner "$(binaries)/initdb" -D "$work" -U eventpipeline -A scram-sha-256 --pwfile="$password" -E UTF8 --locale=C >/dev/null
  mv "$work" "$cluster"
}

start() {
  local port settings=() setting
  mkdir -p "$folder"
  cd "$folder"
  [ -d "$cluster" ] || create
  if ! is_running "$pid_file" postgres; then
    port=$(remembered_port "$folder/port")
    # An idle transaction would hold up everybody who follows the log.
    for setting in "port=$port" listen_addresses=127.0.0.1 unix_socket_directories= max_connections=300 \
      idle_in_transaction_session_timeout=60000 "$@"; do
      settings+=(-c "$setting")
    done
    as_owner setsid "$(binaries)/postgres" -D "$cluster" "${settings[@]}" >>"$folder/log" 2>&1 </dev/null &
    for _ in $(seq 600); do
      "$(binaries)/pg_isready" -q -h 127.0.0.1 -p "$port" && break
      kill -0 $! 2>/dev/null || {
        tail -n 20 "$folder/log" >&2
        die "PostgreSQL did not start; its last words are above, its log is $folder/log."
      }
      sleep 0.05
    done
    say "PostgreSQL runs on port $port"
  fi
  printf 'Host=127.0.0.1;Port=%s;Database=postgres;Username=eventpipeline;Password=%s\n' "$(<"$folder/port")" "$(<"$password")"
}

case ${1:-} in
  start) start "${@:2}" ;;
  stop) stop_process "$pid_file" postgres INT PostgreSQL ;;
  *) die "usage: postgres.sh start [NAME=VALUE...] | stop" ;;
esac
