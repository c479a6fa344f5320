# shellcheck shell=bash
# Sourced: provisions what the product needs on this machine, starts its servers and exports where they are.
# What is already set in the environment is used as it is.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

has dotnet || die "The .NET SDK 10 is missing. Install the package dotnet-sdk-10.0 of your system, or see dot.net."
"$repository/deploy/local/packages.sh"

export EVENTPIPELINE_DATA=$data EVENTPIPELINE_CACHE=$cache
LIBRDKAFKA_PATH=$("$repository/deploy/local/librdkafka.sh")
if [ -z "${EVENTPIPELINE_POSTGRES:-}" ]; then EVENTPIPELINE_POSTGRES=$("$repository/deploy/local/postgres.sh" start); fi
KAFKA_BOOTSTRAP_SERVERS=$("$repository/deploy/local/kafka.sh" start)
export LIBRDKAFKA_PATH EVENTPIPELINE_POSTGRES KAFKA_BOOTSTRAP_SERVERS
