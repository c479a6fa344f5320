#!/usr/bin/env bash
# Runs EventPipeline on this machine: installs what is missing, starts PostgreSQL and Kafka, builds, and becomes the program.
#   ./run.sh [ARGUMENTS...]   without arguments it does the main job; ./run.sh help lists the commands
#   ./run.sh stop             stops the servers that earlier runs have started
#   ./run.sh --help           this text
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

case ${1:-} in
  -h | --help)
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit
    ;;
  stop)
    deploy/local/postgres.sh stop
    deploy/local/kafka.sh stop
    exit
    ;;
esac

# shellcheck source=deploy/local/environment.sh
source deploy/local/environment.sh

if [ "${1:-}" = serve ]; then
  EVENTPIPELINE_GRAPHIQL=$(deploy/local/graphiql.sh) || say "serving without GraphiQL, which could not be fetched"
  export EVENTPIPELINE_GRAPHIQL
fi

# Asking dotnet whether anything changed takes longer than everything else here.
program=artifacts/bin/Host/release/EventPipeline.Host
stamp=artifacts/host.built
if [ ! -x $program ] || [ ! -f $stamp ] || [ -n "$(find src Directory.* global.json -newer $stamp -print -quit)" ]; then
  say "building"
  mkdir -p artifacts
  touch $stamp.new
  dotnet build src/Host -c Release -v q --nologo -p:RunAnalyzers=false >artifacts/build.log 2>&1 ||
    die "The program could not be built: $(grep -m 20 'error' artifacts/build.log || tail -n 20 artifacts/build.log)"
  mv $stamp.new $stamp
fi
exec $program "$@"
