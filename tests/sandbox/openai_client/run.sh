#!/bin/sh
# Runs the client tests against the sandbox binary given as first argument. Exit code 77: skipped.
set -eu
sandbox=$1
cd "$(dirname "$0")"
if ! command -v node >/dev/null 2>&1; then
  echo "skipped: node is not installed"
  exit 77
fi
if [ ! -d node_modules/openai ] || [ ! -d node_modules/@anthropic-ai/sdk ]; then
  npm ci --ignore-scripts --no-audit --no-fund
fi
SANDBOX=$sandbox exec node --test --test-reporter=spec
