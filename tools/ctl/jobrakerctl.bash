# Completion of jobrakerctl's commands and options, for bash. tests/ctl holds it against the program.
# shellcheck shell=bash

_jobrakerctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=() i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --server|--token-file|--ca-file|--timeout|--color) ((i++)) ;;
      -*) ;;
      *) words+=("${COMP_WORDS[i]}") ;;
    esac
  done
  local common='--server --token-file --ca-file --timeout --json --color --watch --help --version'
  local pages='--limit --cursor --all' act='--reason --subtree --yes'
  local actors='--path --kind --state --containing --sort --order --limit'
  local calls='--operation --model --company --user --from --to'
  local next=''
  case $before in
    --token-file|--ca-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --color) next='auto always never' ;;
    --sort) next='path mailbox messages rate busy wait failures restarts running born bytes' ;;
    --order) next='asc desc newest slowest costliest' ;;
    --role) next='seeker employer admin' ;;
    *)
      case "${words[*]:0:2}" in
        '') next='login logout actors alarms overview traces schedules batches budgets llm events applications users
                  config log-level audit reports health' ;;
        'actors') next='top list tree show dead trace stop restart drain pause resume' ;;
        'actors top') next="$actors --once" ;;
        'actors list') next="$actors --cursor --all" ;;
        'actors dead') next="--crashed $pages" ;;
        'actors trace') next="$act --messages" ;;
        'actors pause') next="$act --seconds" ;;
        'actors stop'|'actors restart'|'actors drain'|'actors resume') next=$act ;;
        traces*) next='--slowest --failed --well --name --limit' ;;
        'schedules') next='list show runs run pause resume' ;;
        'schedules runs') next=$pages ;;
        batches*) next="--state $pages" ;;
        applications*) next="--state --stuck $pages" ;;
        'budgets') next='list set' ;;
        'budgets list') next='--scope --id' ;;
        'budgets set')
          case ${#words[@]} in
            2) next='global company user --id' ;;
            3) next='day month --id' ;;
            *) next='none --id' ;;
          esac ;;
        'llm') next='metrics calls' ;;
        'llm metrics') next="$calls --group-by" ;;
        'llm calls') next="$calls --provider --order --failed --well $pages" ;;
        'events') next='status dead replay' ;;
        'events dead') next='--consumer --before --limit' ;;
        'users') next='list show' ;;
        'users list') next="--role $pages" ;;
        'log-level') next='get set' ;;
        'log-level set') next='trace debug info warn error critical off' ;;
        audit*) next="--about --action $pages" ;;
        'reports') next='list decide' ;;
        'reports list') next="--state $pages" ;;
        'reports decide') next='upheld dismissed --note' ;;
        login*) next='--password-stdin' ;;
      esac
      next+=" $common"
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$next" -- "$word")
}
complete -F _jobrakerctl jobrakerctl
