#!/usr/bin/env bash
# From a commit through the outbox to Kafka, beside a producer that does nothing else; under three minutes:
#   tools/bench/events.sh [BUILD_DIR] [OPTIONS...]   (default build/release; options of jobraker-bench-events: --help)
# A throwaway PostgreSQL and a private broker are started and stopped again.
set -euo pipefail
cd "$(dirname "$0")/../.."
case "${1:-}" in -h|--help) sed -n '2,4p' "$0" | sed 's/^# *//'; exit 0 ;; esac
build=${1:-build/release}
shift || true
unset OPENBLAS_CORETYPE
dir=$(mktemp -d /tmp/jr-bench-XXXXXX)
chmod 755 "$dir"
stop() {
  tools/dev/kafka stop "$dir/kafka" >/dev/null 2>&1 || true
  tools/dev/pg stop "$dir/pg" >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM
database=$(tools/dev/pg start "$dir/pg" --throwaway)
brokers=$(tools/dev/kafka start "$dir/kafka")
"$build/bin/jobraker-bench-events" --database "$database" --brokers "$brokers" "$@"
