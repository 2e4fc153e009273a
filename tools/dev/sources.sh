# Which C++ files a tool of this folder works on; sourced, not run. Leaves the repository as current folder.
# shellcheck shell=bash

# sources SCRIPT [--all] [FILE...]: sets `files`, relative to the repository.
files=()
sources() {
  local script all=no named=() file name
  script=$(realpath "$1")
  name=${script##*/}
  shift
  for file in "$@"; do
    case "$file" in
      --all) all=yes ;;
      -h|--help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$script"; exit 0 ;;
      -*) echo "$name: unknown option $file" >&2; exit 2 ;;
      *) [ -f "$file" ] || { echo "$name: no file $file" >&2; exit 2; }
         named+=("$(realpath "$file")") ;;
    esac
  done
  cd "${script%/tools/dev/*}"
  if [ ${#named[@]} -gt 0 ]; then
    files=("${named[@]}")
  elif [ "$all" = yes ]; then
    mapfile -t files < <(git ls-files -- '*.cpp' '*.hpp')
  else
    mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD -- '*.cpp' '*.hpp'
                           git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'; } | sort -u)
  fi
  # A file that is deleted but not yet committed is still listed.
  local there=()
  for file in "${files[@]}"; do [ ! -f "$file" ] || there+=("$file"); done
  files=("${there[@]}")
}
