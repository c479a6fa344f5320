# shellcheck shell=bash disable=SC2034
# Sourced by the scripts of this folder: where things are, how to speak, how to fetch.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=${EVENTPIPELINE_DATA:-$repository/.data}
cache=${EVENTPIPELINE_CACHE:-$repository/.data/cache}

# Everything that is not a result goes to stderr, so that scripts can be read by scripts.
say() { printf '%s\n' "[eventpipeline] $*" >&2; }
die() {
  say "$*"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# locked NAME COMMAND...: one at a time on this cache, so that two runs do not build the same thing twice.
locked() {
  local name=$1
  shift
  mkdir -p "$cache"
  exec 8>"$cache/.$name.lock"
  flock 8
  "$@"
  exec 8>&-
}

# npm_package NAME VERSION SHA256 -> path of the verified tarball. The npm client knows where its registry is.
npm_package() {
  local name=$1 version=$2 expected=$3 file work
  file=${name#@}
  file="$cache/npm/${file//\//-}-$version.tgz"
  if [ ! -f "$file" ] || ! echo "$expected  $file" | sha256sum --check --status; then
    has npm || die "npm is missing and is needed to fetch $name. Run deploy/local/packages.sh, or install Node.js with npm."
    say "fetching $name $version from npm"
    mkdir -p "$cache/npm"
    work=$(mktemp -d "$cache/npm/.fetch.XXXXXX")
    (cd "$work" && npm pack "$name@$version" --silent >/dev/null) || die "npm could not fetch $name@$version."
    mv "$work"/*.tgz "$file"
    rmdir "$work"
    echo "$expected  $file" | sha256sum --check --status ||
      die "$file does not have the expected checksum $expected. Delete it and try again."
  fi
  printf '%s\n' "$file"
}

port_is_free() { ! (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A free loopback port below the range that outgoing connections use.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((15000 + RANDOM % 15000))
    if port_is_free "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "no free port found between 15000 and 30000."
}

# remembered_port FILE -> the port of an earlier start while it is free, else a new one.
remembered_port() {
  local file=$1 port
  if [ -s "$file" ]; then
    port=$(<"$file")
    if port_is_free "$port"; then
      printf '%s\n' "$port"
      return
    fi
  fi
  port=$(free_port)
  mkdir -p "$(dirname "$file")"
  printf '%s\n' "$port" >"$file"
  printf '%s\n' "$port"
}

# is_running PID_FILE WORD: the process lives and its command line has the word (pids are used again).
is_running() {
  local pid
  [ -s "$1" ] || return 1
  pid=$(head -n 1 "$1")
  [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$2"
}

# stop_process PID_FILE WORD SIGNAL NAME: ends it politely, and after 30 s not politely.
stop_process() {
  local pid
  if ! is_running "$1" "$2"; then
    rm -f "$1"
    return
  fi
  pid=$(head -n 1 "$1")
  kill "-$3" "$pid"
  for _ in $(seq 300); do
    is_running "$1" "$2" || break
    sleep 0.1
  done
  if is_running "$1" "$2"; then
    kill -KILL "$pid"
  fi
  rm -f "$1"
  say "$4 stopped"
}
