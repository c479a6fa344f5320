#!/usr/bin/env bash
# The Kafka broker to use, its data in .data/kafka-*.
#   kafka.sh start [modern|legacy]   prints its bootstrap address: KAFKA_BOOTSTRAP_SERVERS as it is, else it starts the
#                                    distribution in KAFKA_HOME, else the legacy broker, unless that already runs
#   kafka.sh stop                    stops what start has started
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

start() {
  local kind=$1 folder="$data/kafka-$1" port internal
  mkdir -p "$folder"
  if ! is_running "$folder/pid" "$folder/data"; then
    port=$(remembered_port "$folder/port")
    internal=$(remembered_port "$folder/internal-port")
    say "starting the $kind Kafka broker"
    setsid "$repository/deploy/local/broker.sh" "$kind" "$folder/data" "$port" "$internal" >"$folder/log" 2>&1 </dev/null &
    printf '%s\n' $! >"$folder/pid"
    for _ in $(seq 1800); do
      grep -qs 'Kafka Server started' "$folder/log" && break
      kill -0 $! 2>/dev/null || {
        tail -n 20 "$folder/log" >&2
        die "Kafka did not start; its last words are above, its log is $folder/log."
      }
      sleep 0.1
    done
    say "Kafka ($kind) runs on port $port"
  fi
  printf '127.0.0.1:%s\n' "$(<"$folder/port")"
}

default_kind() { if [ -n "${KAFKA_HOME:-}" ]; then echo modern; else echo legacy; fi; }

case ${1:-} in
  start)
    if [ $# -eq 1 ] && [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
      printf '%s\n' "$KAFKA_BOOTSTRAP_SERVERS"
    else
      start "${2:-$(default_kind)}"
    fi
    ;;
  stop)
    for kind in modern legacy; do
      stop_process "$data/kafka-$kind/pid" "$data/kafka-$kind/data" TERM "Kafka ($kind)"
    done
    ;;
  *) die "usage: kafka.sh start [modern|legacy] | stop" ;;
esac
