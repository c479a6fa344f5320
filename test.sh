#!/usr/bin/env bash
# Runs every test against real servers on free ports, or only those of some rooms: ./test.sh [ROOM...]
# ./test.sh faults --from SEED --seeds N: proves the promises under faults, a line a seed (docs/reliability.md).
# The last line counts: N passed, N failed, N skipped. TEST_TIME_LIMIT is the seconds that a room may take (1200).
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

has dotnet || die "The .NET SDK 10 is missing. Install the package dotnet-sdk-10.0 of your system, or see dot.net."
passed=0 failed=0 skipped=0 problems=()
home=$(mktemp -d "${TMPDIR:-/tmp}/eventpipeline-run-XXXXXX")
chmod 755 "$home"

declare -A running=() began=()

finish() {
  if [ ${#running[@]} -gt 0 ]; then kill "${running[@]}" 2>/dev/null || true; fi
  dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 || true
  EVENTPIPELINE_DATA=$home deploy/local/postgres.sh stop 2>/dev/null || true
  EVENTPIPELINE_DATA=$home deploy/local/kafka.sh stop 2>/dev/null || true
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
  failed=$((failed + 1))
  problems+=("$1")
}

start_servers() {
  deploy/local/packages.sh tests
  LIBRDKAFKA_PATH=$(deploy/local/librdkafka.sh)
  export EVENTPIPELINE_CACHE=$cache LIBRDKAFKA_PATH
  EVENTPIPELINE_TEST_POSTGRES=$(EVENTPIPELINE_DATA=$home deploy/local/postgres.sh start fsync=off full_page_writes=off idle_in_transaction_session_timeout=0)
  EVENTPIPELINE_TEST_KAFKA_LEGACY=$(EVENTPIPELINE_DATA=$home deploy/local/kafka.sh start legacy)
  export EVENTPIPELINE_TEST_POSTGRES EVENTPIPELINE_TEST_KAFKA_LEGACY
  if [ -n "${KAFKA_HOME:-}" ]; then
    EVENTPIPELINE_TEST_KAFKA=$(EVENTPIPELINE_DATA=$home deploy/local/kafka.sh start modern)
    export EVENTPIPELINE_TEST_KAFKA
  else
    say "KAFKA_HOME is not set: tests that need a modern broker will be skipped"
  fi
}

check_formatting() {
  dotnet tool restore >"$home/tools.log" 2>&1 || {
    fail "dotnet tool restore failed: $(tail -n 3 "$home/tools.log")"
    return 0
  }
  dotnet csharpier check . >"$home/format.log" 2>&1 || {
    tail -n 20 "$home/format.log"
    fail "dotnet csharpier check: some files are not formatted (dotnet csharpier format .)"
  }
}

# attribute NAME: its sum over the <assembly> elements of a report on standard input.
attribute() { grep -o "<assembly [^>]*" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

start_room() {
  local room=$1 name=$1.Tests
  if [ "$room" = Faults ]; then name=Faults; fi
  local program="$PWD/artifacts/bin/$name/release/EventPipeline.$name"
  began[$room]=$SECONDS
  say "testing $room"
  [ -x "$program" ] || {
    fail "$room: there is no test program $program"
    return 0
  }
  timeout --foreground --kill-after=20 "${TEST_TIME_LIMIT:-1200}" "$program" -noLogo -noColor -diagnostics -longRunning 60 -xml "$home/$room.xml" >"$home/$room.log" 2>&1 </dev/null &
  running[$room]=$!
}

finish_room() {
  local room=$1 report="$home/$1.xml" log="$home/$1.log" code=0
  [ -n "${running[$room]:-}" ] || return 0
  wait "${running[$room]}" || code=$?
  unset "running[$room]"
  grep -E '\[FAIL\]|^ {6}|Catastrophic|[Ll]ong.running' "$log" | tail -n 200 || true
  if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
    tail -n 40 "$log"
    fail "$room: stopped after ${TEST_TIME_LIMIT:-1200} s; the tests that were running are in the lines above"
  elif [ ! -s "$report" ]; then
    tail -n 40 "$log"
    fail "$room: ended with $code and without a report"
  fi
  if [ -s "$report" ]; then
    local good bad ignored errors
    good=$(attribute passed <"$report")
    bad=$(attribute failed <"$report")
    ignored=$(attribute skipped <"$report")
    errors=$(attribute errors <"$report")
    printf '%-14s %5s passed, %s failed, %s skipped in %s s\n' "$room" "$good" "$((bad + errors))" "$ignored" "$((SECONDS - began[$room]))"
    passed=$((passed + good)) failed=$((failed + bad + errors)) skipped=$((skipped + ignored))
    if [ "$bad" -gt 0 ]; then problems+=("$room: $bad failed"); fi
    if [ "$code" -ne 0 ] && [ "$code" -ne 124 ] && [ "$code" -ne 137 ] && [ "$((bad + errors))" -eq 0 ] && [ "$((good + ignored))" -gt 0 ]; then
      fail "$room: ended with $code although no test failed"
    fi
  fi
}

plain() { sed -e 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'; }

print_slowest() {
  printf '\nslowest tests\n'
  cat "$home"/*.xml | tr '\n' ' ' | sed 's/<test /\n<test /g' |
    sed -n '/^<test /s/>.*//p' | sed -n 's/^<test .*name="\([^"]*\)".* time="\([0-9.]*\)".*/\2 \1/p' | sort -rn | awk 'NR <= 10' | plain |
    awk '{ time = $1; $1 = ""; printf "%8.2f s %s\n", time, $0 }'
}

print_skipped() {
  [ "$skipped" -gt 0 ] || return 0
  printf '\nskipped because\n'
  cat "$home"/*.xml | tr '\n' ' ' | sed 's/<reason>/\n<reason>/g' | sed -n '/^<reason>/s/<\/reason>.*//p' |
    sed 's/^<reason>//; s/^<!\[CDATA\[//; s/\]\]>$//' |
    plain | sort | uniq -c | sort -rn
}

if [ "${1:-}" = faults ] && [ $# -gt 1 ]; then
  deploy/local/packages.sh tests
  LIBRDKAFKA_PATH=$(deploy/local/librdkafka.sh)
  export EVENTPIPELINE_CACHE=$cache LIBRDKAFKA_PATH
  dotnet build tests/Faults -c Release -v q --nologo
  artifacts/bin/Faults/release/EventPipeline.Faults "${@:2}" && exit 0 || exit $?
fi

rooms=("$@")
if [ ${#rooms[@]} -eq 0 ]; then
  for project in tests/*.Tests; do
    rooms+=("$(basename "$project" .Tests)")
  done
  rooms+=(Faults)
fi

start_servers
say "building"
# One compiler for the whole run: the mutants of the proof are built one after the other.
export UseSharedCompilation=true
dotnet build EventPipeline.sln -c Release -v q --nologo >"$home/build.log" 2>&1 || {
  grep -E 'error|warn' "$home/build.log" | sort -u | head -n 40
  printf '0 passed, 1 failed, 0 skipped\n'
  exit 1
}
if [ $# -eq 0 ]; then check_formatting; fi
# These two wait for time-outs of groups and leases most of the time, so they do it beside each other.
beside=(Coordinator Messaging)
for room in "${rooms[@]}"; do
  [[ " ${!began[*]} " == *" $room "* ]] && continue
  started=("$room")
  if [[ " ${beside[*]} " == *" $room "* ]]; then
    for other in "${beside[@]}"; do
      if [ "$other" != "$room" ] && [[ " ${rooms[*]} " == *" $other "* ]]; then started+=("$other"); fi
    done
  fi
  for one in "${started[@]}"; do start_room "$one"; done
  for one in "${started[@]}"; do finish_room "$one"; done
done

if compgen -G "$home/*.xml" >/dev/null; then
  print_slowest
  print_skipped
fi
if [ ${#problems[@]} -gt 0 ]; then
  printf '\nproblems\n'
  printf '  %s\n' "${problems[@]}"
fi
printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
