import type { Action } from "../action.ts";
import { type Candidates, completedActions, parameterValues } from "./words.ts";

/**
 * `/etc/bash_completion.d/ha-cfg`: actions, options, parameters and their values are in it; names of VMs and hosts are
 * asked of `xe` (one with a comma in it is not offered whole), which gets two seconds, because a shell that hangs at a
 * dead master is worse than no names. No name is ever evaluated: a VM or a file may be called `$(reboot)`.
 */
export function bashCompletion(actions: readonly Action[]): string {
  const completed = completedActions(actions);
  const cases = completed.map(({ name, options, places }) => {
    const byPlace = places.map((place, at) => `        ${at}) ${commandFor(place)} ;;`);
    return `    ${name})
      options='${options.join(" ")}'
      case $place in
${[...byPlace, "        *) ;;"].join("\n")}
      esac
      ;;`;
  });
  const values = parameterValues().map(([name, words]) => `    ${name}) words='${words.join(" ")}' ;;`);
  return `# bash completion for ha-cfg. Made by "ha-cfg bash-completion": do not edit.

# The word as the shell would read it: without the quote that it begins with, and without backslashes.
_ha_cfg_typed() {
  typed=\${word#[\\"\\']}
  if [[ $word != \\'* ]]; then typed=\${typed//\\\\/}; fi
}

# Adds a name, quoted as the word is: nothing in it may ever be evaluated, also within a quote that is not closed yet.
_ha_cfg_add() {
  local name=$1 quoted part
  case $word in
  [\\"\\']*)
    # Not to be quoted safely there.
    if [[ $name == *[[:cntrl:]!]* ]]; then return; fi
    ;;&
  \\'*) quoted=\${name//\\'/\\'\\\\\\'\\'} ;;
  \\"*)
    quoted=
    for ((part = 0; part < \${#name}; part++)); do
      case \${name:part:1} in [\\"\\$\\\\\\\`]) quoted+=\\\\ ;; esac
      quoted+=\${name:part:1}
    done
    ;;
  *) printf -v quoted %q "$name" ;;
  esac
  COMPREPLY+=("$quoted")
}

# Adds those of the lines on standard input that begin as the word does.
_ha_cfg_names() {
  local line typed
  _ha_cfg_typed
  while IFS= read -r line; do
    if [[ -n $line && $line == "$typed"* ]]; then _ha_cfg_add "$line"; fi
  done
}

# Adds the files whose names begin as the word does. One that begins with - would be taken for an option.
_ha_cfg_files() {
  local name typed
  _ha_cfg_typed
  if [[ $word == '~/'* ]]; then typed=$HOME\${typed#'~'}; fi
  while IFS= read -r -d '' name; do
    if [[ $name == -* ]]; then name=./$name; fi
    if [[ -d $name ]]; then name+=/; fi
    _ha_cfg_add "$name"
  done < <(
    shopt -u failglob
    set +f
    for name in "$typed"*; do
      if [[ -e $name || -L $name ]]; then printf '%s\\0' "$name"; fi
    done
  )
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace 2>/dev/null; fi
}

_ha_cfg_xe() {
  timeout 2 xe "$@" params=name-label --minimal 2>/dev/null </dev/null | tr ',' '\\n' | sort -u
}

_ha_cfg_things() {
  case $1 in
  host) _ha_cfg_names < <(_ha_cfg_xe host-list) ;;
  vm) _ha_cfg_names < <(_ha_cfg_xe vm-list is-control-domain=false) ;;
  esac
}

_ha_cfg_values() {
  local words=''
  case \${1^^} in
${values.join("\n")}
  esac
  if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"); fi
}

_ha_cfg() {
  local word=\${COMP_WORDS[COMP_CWORD]} action=\${COMP_WORDS[1]} options='' place=0 previous='' at
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${completed.map(({ name }) => name).join(" ")} help' -- "$word")
    return
  fi
  for ((at = 2; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
    -*) ;;
    *) place=$((place + 1)) previous=\${COMP_WORDS[at]} ;;
    esac
  done
  if [[ $word == -* ]]; then place=none; fi
  case $action in
${cases.join("\n")}
    *) return ;;
  esac
  if [[ $place == none ]]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word"); fi
}

complete -F _ha_cfg ha-cfg
`;
}

function commandFor(place: Candidates): string {
  switch (place.kind) {
    case "words":
      return `mapfile -t COMPREPLY < <(compgen -W '${place.words.join(" ")}' -- "\${word}")`;
    case "values-of-parameter":
      return '_ha_cfg_values "$previous"';
    case "vm-names":
      return "_ha_cfg_names < <(_ha_cfg_xe vm-list is-control-domain=false)";
    case "host-names":
      return "_ha_cfg_names < <(_ha_cfg_xe host-list)";
    case "names-of-kind":
      return '_ha_cfg_things "$previous"';
    case "files":
      return "_ha_cfg_files";
    case "nothing":
      return ":";
  }
}
