#!/usr/bin/env bash
# The chat and the gateway: what the server adds to the first and to every other piece of an answer, frames a
# second, memory of an idle session, processor time of a gateway call; under five minutes:
#   tools/bench/chat.sh [BUILD_DIR] [MEASURE...]   (default build/release, and all of: relay guarded speed idle gateway)
# JOBRAKER_TEST_DATABASE_URL names a maintenance database to make one of our own beside; without it a throwaway
# cluster is started. Everything started is stopped again.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "${1:-}" != --help ] && [ "${1:-}" != -h ] || { sed -n '2,6p' "$0" | sed 's/^# *//'; exit 0; }
build=${1:-build/release}
shift || true
measures=${*:-relay guarded speed idle gateway}
unset OPENBLAS_CORETYPE
ulimit -n "$(ulimit -Hn)"
dir=$(mktemp -d /tmp/jr-bench-XXXXXX)
chmod 755 "$dir"
bench=$build/bin/jobraker-bench-chat
sandbox_pid=''
server_pid=''
database=bench_$$
end() { [ -z "$1" ] || { kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; } || true; }
stop() {
  end "$server_pid"
  end "$sandbox_pid"
  if [ -n "${JOBRAKER_TEST_DATABASE_URL:-}" ]; then
    psql -Xqc "drop database if exists $database with (force)" "$JOBRAKER_TEST_DATABASE_URL" || true
  else
    tools/dev/pg stop "$dir/pg" >/dev/null 2>&1 || true
  fi
  rm -rf "$dir"
}
trap stop EXIT
if [ -n "${JOBRAKER_TEST_DATABASE_URL:-}" ]; then
  psql -Xqc "create database $database" "$JOBRAKER_TEST_DATABASE_URL"
  DATABASE_URL=$(python3 -c 'import sys, urllib.parse as u; print(u.urlunsplit(u.urlsplit(sys.argv[1])._replace(path="/" + sys.argv[2])))' \
    "$JOBRAKER_TEST_DATABASE_URL" "$database")
  psql -Xqc 'create extension if not exists vector' "$DATABASE_URL"
else
  DATABASE_URL=$(tools/dev/pg start "$dir/pg" --throwaway | tail -n 1)
fi
export DATABASE_URL
# The sandbox and the client share one core, the server has the other: nobody's timers wait behind the server.
last=$(($(nproc) - 1))
on_last=() on_others=()
if [ "$last" -gt 0 ] && command -v taskset >/dev/null; then
  on_last=(taskset -c "$last")
  on_others=(taskset -c "0-$((last - 1))")
fi
tap=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export JOBRAKER_SERVER_PORT=0 JOBRAKER_AUTH_JWT_SECRET="a secret for the benchmark, long enough" JOBRAKER_AUTH_ARGON2_MEMORY_KIB=1024
export JOBRAKER_AUTH_ARGON2_PASSES=1 JOBRAKER_AUTH_ACCESS_TOKEN_MINUTES=60 JOBRAKER_LOG_LEVEL=warn JOBRAKER_SERVER_THREADS=${JOBRAKER_SERVER_THREADS:-1}
export JOBRAKER_LLM_BASE_URL=http://127.0.0.1:$tap/v1 JOBRAKER_LLM_API_KEY=sk-bench JOBRAKER_LLM_IN_FLIGHT_MAX=1000
export JOBRAKER_CHAT_SESSIONS_MAX=20000 JOBRAKER_CHAT_SESSIONS_PER_USER_MAX=1000 JOBRAKER_SERVER_CONNECTIONS_MAX=20000
export JOBRAKER_CHAT_PING_SECONDS=600

sandbox() { # TOKEN_MS
  end "$sandbox_pid"
  rm -f "$dir/sandbox"
  "${on_last[@]}" "$build/bin/jobraker-sandbox" --port 0 --port-file "$dir/sandbox" --token-ms "$1" --rpm 10000000 --tpm 2000000000 >/dev/null &
  sandbox_pid=$!
  for _ in $(seq 200); do [ -s "$dir/sandbox" ] && break; sleep 0.05; done
  sandbox_port=$(cat "$dir/sandbox")
}
server() { # SETTINGS...
  end "$server_pid"
  env "$@" "${on_others[@]}" "$build/bin/jobraker-server" > "$dir/server" 2>&1 &
  server_pid=$!
  for _ in $(seq 200); do grep -q listening "$dir/server" && break; sleep 0.05; done
  server_port=$(sed -n 's/^listening http.*://p' "$dir/server")
  [ -n "$server_port" ] || { cat "$dir/server" >&2; exit 1; }
}
answers() { "${on_last[@]}" "$bench" answers --server "$server_port" --server-pid "$server_pid" --sandbox "$sandbox_port" --tap "$tap" "$@"; }
wanted() { [[ " $measures " == *" $1 "* ]]; }
bare=(JOBRAKER_CHAT_RETRIEVAL_CHUNKS=0 JOBRAKER_CHAT_MODERATION=off)
guarded=(JOBRAKER_CHAT_RETRIEVAL_CHUNKS=6 JOBRAKER_CHAT_MODERATION=both)

echo "load of the machine: $(cut -d' ' -f1-3 /proc/loadavg)"
if wanted relay; then
  echo '== relay, 20 ms a token, no retrieval, no moderation'
  sandbox 20
  server "${bare[@]}"
  answers --count 1 --words 30 --rounds 12 --direct
  answers --count 100 --words 120 --rounds 2 --ramp-ms 13 --direct
  answers --count 1000 --words 250 --ramp-ms 3 --direct
fi
if wanted guarded; then
  echo '== the same with retrieval and moderation'
  sandbox 20
  server "${guarded[@]}"
  answers --count 1 --words 30 --rounds 12
  answers --count 100 --words 120 --ramp-ms 13
fi
if wanted speed; then
  echo '== full speed, no pause between tokens'
  sandbox 0
  server "${bare[@]}"
  for _ in 1 2 3; do answers --count 8 --words 800 --rounds 25 --ramp-ms 0 | grep frames/s; done
fi
if wanted idle; then
  echo '== idle sessions'
  [ -n "$sandbox_pid" ] || sandbox 0
  server "${bare[@]}"
  "$bench" idle --server "$server_port" --server-pid "$server_pid"
fi
if wanted gateway; then
  echo '== gateway calls, in process'
  sandbox 0
  for _ in 1 2 3; do "${on_others[@]}" "$bench" gateway --sandbox "$sandbox_port" --database-url "$DATABASE_URL" --calls 4000; done
fi
echo "load of the machine: $(cut -d' ' -f1-3 /proc/loadavg)"
