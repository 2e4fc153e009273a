# Pieces shared by tools/quickstart and tools/test; sourced, not run.
# shellcheck shell=bash

# Put before a command: it then sees nothing of the caller's environment but what every program needs, so that a
# DATABASE_URL, a PGHOST or an API key of the person's shell does not lead it to something real. A list of words and not
# a function, because a function in the background is a shell more, and its process id the wrong one.
clean_env=(env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8)
for name in TMPDIR TERM NO_COLOR COLUMNS; do
  [ -z "${!name+set}" ] || clean_env+=("$name=${!name}")
done
unset name

random_hex() { head -c "$1" /dev/urandom | od -An -vtx1 | tr -d ' \n'; echo; }

# Port 0 (any) is always free.
port_is_free() {
  python3 -c 'import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    s.bind(("127.0.0.1", int(sys.argv[1])))
except (OSError, OverflowError):
    sys.exit(1)' "$1"
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_child LOG COMMAND...: in the background, in a session of its own (a Ctrl-C is for us to pass on, in order), and
# told to end if we vanish. Its id is in child_pid.
child_pid=''
start_child() {
  local log=$1
  shift
  (umask 077; : > "$log")
  "${clean_env[@]}" setsid setpriv --pdeathsig TERM -- "$@" >> "$log" 2>&1 < /dev/null 8>&- &
  child_pid=$!
}

# stop_process PID SECONDS: SIGTERM, and after SECONDS SIGKILL.
stop_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  local left=$(($2 * 20))
  while kill -0 "$1" 2>/dev/null && [ "$left" -gt 0 ]; do sleep 0.05; left=$((left - 1)); done
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}

# stop_group PID: the process and all it started, which share its group.
stop_group() {
  kill -TERM -- "-$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null || return 0
  wait "$1" 2>/dev/null
  return 0
}

# await WHAT PID LOG CONDITION...: until CONDITION holds; at most a minute, and not longer than PID lives.
await() {
  local what=$1 pid=$2 log=$3 left=1200
  shift 3
  until "$@" 2>/dev/null; do
    kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; die "$what did not start; its log is $log"; }
    left=$((left - 1))
    [ "$left" -gt 0 ] || { tail -n 20 "$log" >&2; die "$what was not ready after a minute; its log is $log"; }
    sleep 0.05
  done
}

answers_ready() {
  python3 -c 'import http.client, sys
try:
    c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=3)
    c.request("GET", "/readyz")
    sys.exit(c.getresponse().status != 200)
except (OSError, http.client.HTTPException):
    sys.exit(1)' "$1"
}

# choose_cluster STATE: sets cluster_dir to STATE/pg. PostgreSQL refuses to be root and runs as the user postgres, who
# cannot enter every folder (/root is closed): then the cluster lives under /var/lib, in a folder named after STATE.
cluster_dir=''
choose_cluster() {
  cluster_dir=$1/pg
  [ "$(id -u)" -eq 0 ] || return 0
  setpriv --reuid=postgres --regid=postgres --init-groups -- test -x "$1" && return 0
  cluster_dir=/var/lib/jobraker/$(printf %s "$1" | sha256sum | cut -c1-12)
  echo "${0##*/}: the user postgres cannot enter $1; the database is kept in $cluster_dir"
  mkdir -p "$cluster_dir"
  chmod 755 /var/lib/jobraker
}

# The configuration of a server that talks to the sandbox; addresses are filled in by update_config.
sandbox_config() {
  cat <<CONFIG
# Made by tools/quickstart and kept by later runs; only the server's port, the address of the private database and the
# addresses of the sandbox are brought up to date. Every key: config/jobraker.example.toml.
#
# To use real services instead of the sandbox, put your own values here and start quickstart again:
#   [llm]    base_url = "https://api.openai.com/v1", api_key = "sk-..."
#   [adzuna] base_url = "https://api.adzuna.com/v1/api", app_id, app_key, and the limits of your key
#   [skyvern] base_url = "https://api.skyvern.com", api_key, webhook_url as Skyvern reaches this server
#   [boards] delete both lines;  [feeds] allow_private_addresses = false

[server]
host = "127.0.0.1"
port = 8080

[database]
url = "postgresql://jobraker@/jobraker?host="

[auth]
jwt_secret = "$(random_hex 32)"

[llm]
base_url = "$sandbox/v1"
api_key = "sk-sandbox"
# The sandbox tells usage with every chunk, so that an answer that was cut costs what it did.
continuous_usage = true

[adzuna]
base_url = "$sandbox/v1/api"
app_id = "sandbox"
app_key = "sandbox"
# The sandbox counts nothing; a real key allows 25 a minute, 250 a day.
per_minute = 1000
per_day = 100000
per_week = 1000000
per_month = 1000000

[feeds]
# The sandbox's feed is on this machine.
allow_private_addresses = true

[boards]
greenhouse_url = "$sandbox"
lever_url = "$sandbox"

[skyvern]
base_url = "$sandbox"
api_key = "sandbox"
webhook_url = "http://127.0.0.1:8080/api/v1/webhooks/skyvern"

[applications]
# If a webhook is lost the sandbox may be asked often.
poll_seconds = 2
CONFIG
}

# update_config FILE PORT DATABASE_URL OLD_SANDBOX_PORT NEW_SANDBOX_PORT: leaves what a person wrote as it is.
update_config() {
  local url
  url=$(printf %s "$3" | sed 's/[&|\\]/\\&/g')
  (umask 077; sed \
    -e "/^\[server\]/,/^\[[a-z]*\]\$/{/^port *=/s/=.*/= $2/}" \
    -e "/^\[skyvern\]/,/^\[[a-z]*\]\$/s#^webhook_url = \"http://127.0.0.1:[0-9]*/#webhook_url = \"http://127.0.0.1:$2/#" \
    -e "s|^url = \"postgresql://jobraker@/jobraker?host=.*|url = \"$url\"|" \
    -e "s#\"http://127.0.0.1:$4\([/\"]\)#\"http://127.0.0.1:$5\1#" "$1" > "$1.new")
  if cmp -s "$1" "$1.new"; then rm "$1.new"; else mv "$1.new" "$1"; fi
  chmod 600 "$1"
}

# What a person can do with the server that runs, as lines to paste.
next_steps() {
  cat <<TEXT

In a browser: $base ($who's e-mail and password: $state/$who.json, or make an account of your own);
for operators $base/console (the admin's: $state/admin.json).

Things to try in another terminal:

  BASE=$base/api/v1
  TOKEN=\$(curl -s \$BASE/auth/login -H 'content-type: application/json' -d @'$state/$who.json' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s -H "authorization: Bearer \$TOKEN" \$BASE/profiles/profile/me
  curl -s -H "authorization: Bearer \$TOKEN" "\$BASE/profiles/matches/me?limit=3&min_score=70"
  curl -s -H "authorization: Bearer \$TOKEN" "\$BASE/jobs?q=engineer&country=DE&limit=3"
  curl -s -H "authorization: Bearer \$TOKEN" -F file=@'$repo/tools/demo/resume.pdf' \$BASE/profiles/upload-resume/me
  curl -s -H "authorization: Bearer \$TOKEN" -X POST -H 'prefer: wait=60' \$BASE/profiles/score-jobs/me

Talk with the assistant; it streams, comes back after a lost connection, and asks before it changes anything:

  $bin/jobraker-chat --url $base --account '$state/$who.json'
  $bin/jobraker-chat --url $base --account '$state/$who.json' --once 'Find remote engineer jobs and tell me about the first'

Make the language model fail twice and watch the server cope, then heal it:

  curl -s $sandbox/control/faults -H 'content-type: application/json' -d '{"match":{"path_prefix":"/v1/chat"},"kind":"status","status":500,"times":2}'
  curl -s -X DELETE $sandbox/control/faults

The server talks to the sandbox ($sandbox), which invents postings and answers by rules.
For real keys edit $state/jobraker.toml and start again. Logs: $state/log. Ctrl-C ends all of it.

TEXT
  [ -z "${broker:-}" ] || cat <<TEXT
Hear what happens (Debian's kcat; messages/events/ has the schemas):

  kcat -b $brokers -L | grep topic
  kcat -b $brokers -C -t match-found -e -f '%k %s\\n'

TEXT
}
