#!/bin/sh
# What install.sh and uninstall.sh share: where things are, and what is ours. They read this file; nobody runs it.

dry_run=0 root='' own=/etc/ha-lizard

die() {
  echo "$*" >&2
  exit 1
}

# run <command...>: every side effect goes through here.
run() {
  if [ "$dry_run" = 1 ]; then
    echo "would do: $*"
  else
    "$@"
  fi
}

# exists <file>: also a link that leads nowhere.
exists() {
  [ -e "$1" ] || [ -L "$1" ]
}

# same_place <folder> <folder>: one folder under two names: through a link, a bind mount, // or /.
same_place() {
  [ -d "$1" ] && [ -d "$2" ] && numbers=$(stat -Lc %d:%i "$1/." "$2/.") || return 1
  # One line for each.
  [ "${numbers%%
*}" = "${numbers##*
}" ]
}

# use_root <folder>: works below it, on the files of a host that is not running. This machine is refused, by whatever
# name: its services would go on with the files of another program.
use_root() {
  case $1 in /*) root=${1%/} ;; *) root=$PWD/${1%/} ;; esac
  own=$root/etc/ha-lizard
  for place in / /etc /etc/init.d /etc/ha-lizard /etc/bash_completion.d /usr/bin; do
    if same_place "$root$place" "$place"; then
      die "$root$place is $place of this host, so --root $1 would change this host: leave --root out. Nothing was changed."
    fi
  done
}

# is_ours <file>: a file outside /etc/ha-lizard that install.sh has written.
is_ours() {
  if [ -L "$1" ]; then
    [ "$(readlink "$1")" = /etc/ha-lizard/ha-lizard ]
    return
  fi
  [ -f "$1" ] &&
    grep -q -e HA_LIZARD_SERVICE -e 'ha-cfg bash-completion' -e 'beside /etc/init.d/ha-lizard' -e '/etc/ha-lizard/ha-lizard guard' "$1"
}

# is_installed: this program, or a part of it, is in its folder. The list of agents is written first and removed last.
is_installed() {
  [ -f "$own/installed-agents" ] || [ -f "$own/installed-agents.new" ] || [ -f "$own/ha-lizard" ]
}

# stop_both: the monitor's script stops the watchdog too. It ends the lease of this host before it stops anything
# (FENCE_METHOD=WATCHDOG), and where that cannot be it stops nothing and says what to do.
stop_both() {
  if [ -x /etc/init.d/ha-lizard-watchdog ]; then
    run /etc/init.d/ha-lizard stop -w
  else
    run /etc/init.d/ha-lizard stop
  fi
}

# has_own_script: stop_both can be asked.
has_own_script() {
  [ -x /etc/init.d/ha-lizard ] && is_ours /etc/init.d/ha-lizard
}

# confirm <question>: only a terminal is asked.
confirm() {
  printf '%s [y/N] ' "$1"
  read -r answer || answer=
  case $answer in y | Y | yes) ;; *) die "Nothing was changed." ;; esac
}
