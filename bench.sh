#!/usr/bin/env bash
# Measures: ./bench.sh [NAME...] [--json FILE] [--small], against a fresh PostgreSQL (with fsync) and a fresh broker.
# Some are measured only by name: api, live, load, and peers (RIVER_BENCH names River's program, else it is left out). docs/performance.md says
# more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
case ${1:-} in
  -h | --help)
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit
    ;;
esac
# shellcheck source=deploy/local/common.sh
source deploy/local/common.sh

home=$(mktemp -d "${TMPDIR:-/tmp}/eventpipeline-bench-XXXXXX")
chmod 755 "$home"
export EVENTPIPELINE_CACHE=$cache EVENTPIPELINE_DATA=$home
unset EVENTPIPELINE_POSTGRES
# The optimising compiler would work beside what is measured for minutes: a fifth of two processors.
export BROKER_JAVA_OPTIONS=${BROKER_JAVA_OPTIONS:--Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}

# Linux shares the processors among sessions first, and each process of PostgreSQL has one of its own: while all processors are busy, one that
# wakes up may wait for a quarter of a second (docs/operations.md).
autogroups=/proc/sys/kernel/sched_autogroup_enabled
had_autogroups=$(cat $autogroups 2>/dev/null || echo 0)
if [ "$had_autogroups" = 1 ]; then
  (echo 0 >$autogroups) 2>/dev/null || say "kernel.sched_autogroup_enabled is 1 and cannot be set: the longest times will be longer than they need be."
fi

finish() {
  if [ "$had_autogroups" = 1 ]; then (echo 1 >$autogroups) 2>/dev/null || true; fi
  deploy/local/postgres.sh stop 2>/dev/null || true
  deploy/local/kafka.sh stop 2>/dev/null || true
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

# shellcheck source=deploy/local/environment.sh
source deploy/local/environment.sh
pid_files=("$home"/kafka-*/pid)
if [ -f "${pid_files[0]}" ]; then
  BENCH_BROKER_PROCESS=$(<"${pid_files[0]}")
  export BENCH_BROKER_PROCESS
fi
if [[ " $* " == *" peers "* ]]; then deploy/local/packages.sh peers || say "Celery will be left out."; fi
if [[ " $* " == *" api "* ]]; then
  BENCH_POSTGRAPHILE=$(tests/Benchmarks/Requests/PostGraphile/fetch.sh) || say "PostGraphile will be left out."
  export BENCH_POSTGRAPHILE
fi
say "building"
dotnet build tests/Benchmarks -c Release -v q --nologo -p:RunAnalyzers=false >"$home/build.log" 2>&1 ||
  die "The benchmarks could not be built: $(grep -m 20 'error' "$home/build.log" || tail -n 20 "$home/build.log")"
artifacts/bin/Benchmarks/release/EventPipeline.Benchmarks "$@"
