#!/usr/bin/env bash
# Becomes a Kafka broker on loopback: broker.sh modern|legacy DATA_FOLDER PORT INTERNAL_PORT
#   modern  the Kafka distribution in KAFKA_HOME (3.7 or newer), KRaft
#   legacy  Apache Kafka 0.9.0.1, see legacy-broker.sh
# It prints "Kafka Server started" when it serves. BROKER_JAVA_OPTIONS replaces the options of the Java machine.
# BROKER_LISTENERS, "PORT:ADVERTISED ...", adds listeners to a modern broker, for clients that come through a proxy.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 4 ] || die "usage: broker.sh modern|legacy DATA_FOLDER PORT INTERNAL_PORT"
has java || die "java is missing. Run deploy/local/packages.sh, or install Java 17."
kind=$1 folder=$2 port=$3 internal=$4
read -r -a options <<<"${BROKER_JAVA_OPTIONS:--Xms64m -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1}"
mkdir -p "$folder"

settings() {
  local listeners="" advertised="" protocols="" number=0 listener
  for listener in ${BROKER_LISTENERS:-}; do
    number=$((number + 1))
    listeners+=",PROXY$number://127.0.0.1:${listener%:*}"
    advertised+=",PROXY$number://127.0.0.1:${listener#*:}"
    protocols+=",PROXY$number:PLAINTEXT"
  done
  cat <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$internal
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$internal$listeners
advertised.listeners=PLAINTEXT://127.0.0.1:$port$advertised
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT$protocols
log.dirs=$folder/log
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
group.initial.rebalance.delay.ms=0
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
group.consumer.min.session.timeout.ms=6000
group.consumer.session.timeout.ms=6000
SETTINGS
}

case $kind in
  modern)
    [ -n "${KAFKA_HOME:-}" ] || die "KAFKA_HOME is not set: it names a Kafka distribution, 3.7 or newer."
    compgen -G "$KAFKA_HOME/libs/kafka_*.jar" >/dev/null || die "$KAFKA_HOME is not a Kafka distribution: it has no libs/kafka_*.jar."
    options+=("-Dlog4j2.configurationFile=$repository/deploy/local/log4j2.properties" -cp "$KAFKA_HOME/libs/*")
    settings >"$folder/server.properties"
    if [ ! -f "$folder/log/meta.properties" ]; then
      java "${options[@]}" kafka.tools.StorageTool format -t AAAAAAAAQACAAAAAAAAAAQ -c "$folder/server.properties" >&2
    fi
    exec java "${options[@]}" kafka.Kafka "$folder/server.properties"
    ;;
  legacy)
    home=$("$repository/deploy/local/legacy-broker.sh")
    exec java "${options[@]}" -cp "$home/classes:$home/jars/*" LegacyBroker "$folder" "$port" "$internal"
    ;;
  *) die "There is no broker '$kind': modern or legacy." ;;
esac
