#!/bin/sh
# Removes what install.sh laid out. ha-lizard.conf, the last good parameters and the state stay unless --purge is given;
# fence agents and other files of an administrator always stay.
set -eu

usage() {
  cat <<'END'
Usage: uninstall.sh [--root DIR] [--purge] [--keys] [--restore] [--dry-run] [--yes]

  --root DIR   uninstall below DIR; no service is stopped or unregistered
  --purge      remove ha-lizard.conf, the last good parameters and the state too
  --keys       take this program's keys out of the pool database first: parameters, HA on/off, home pools, health marks;
               for the last host of a pool
  --restore    bring back what was installed before this program (/etc/ha-lizard.original), and register it
  --dry-run    say what would be done, do nothing
  --yes        do not ask
END
}

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

# remove <file...>: those that are there.
remove() {
  for file in "$@"; do
    if [ -e "$file" ] || [ -L "$file" ]; then run rm -f "$file"; fi
  done
}

# remove_empty <folder...>
remove_empty() {
  for folder in "$@"; do
    if [ -d "$folder" ]; then run rmdir "$folder" 2>/dev/null || true; fi
  done
}

# The watchdog first, or it would start the monitor again.
stop_services() {
  for service in ha-lizard-watchdog ha-lizard; do
    script=/etc/init.d/$service
    [ -x "$script" ] || continue
    run "$script" stop || die "Cannot uninstall: $script stop failed; stop $service first. Nothing was removed."
  done
}

unregister_services() {
  for service in ha-lizard-watchdog ha-lizard; do
    if [ -e "/etc/systemd/system/$service.service" ] && command -v systemctl >/dev/null 2>&1; then
      run systemctl --quiet disable "$service.service" || echo "Cannot unregister $service: systemctl failed; going on" >&2
      continue
    fi
    [ -e "/etc/init.d/$service" ] || continue
    if command -v chkconfig >/dev/null 2>&1; then
      run chkconfig --del "$service" || echo "Cannot unregister $service: chkconfig failed; going on" >&2
    fi
  done
}

# update-rc.d takes links away only when the script is gone.
forget_services() {
  if command -v update-rc.d >/dev/null 2>&1 && ! command -v chkconfig >/dev/null 2>&1; then
    for service in ha-lizard-watchdog ha-lizard; do
      run update-rc.d "$service" remove || echo "Cannot unregister $service: update-rc.d failed; going on" >&2
    done
  fi
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then run systemctl daemon-reload; fi
}

# Only paths below the agents' folder, whatever the list says.
remove_agents() {
  list=$own/installed-agents
  [ -f "$list" ] || return 0
  while read -r agent; do
    case $agent in
      *..* | *.hosts | *.conf) ;;
      /etc/ha-lizard/fence/?*)
        remove "$root$agent"
        folder=${agent%/*}
        [ "$folder" = /etc/ha-lizard/fence ] || remove_empty "$root$folder"
        ;;
    esac
  done <"$list"
  remove "$list"
}

remove_program() {
  remove "$own/scripts/ha-lizard.mon" "$own/scripts/ha-lizard-watchdog" "$own/scripts/ha-cfg" "$own/ha-lizard"
  remove "$root/etc/bash_completion.d/ha-cfg" "$own/scripts/recover_fenced_host" "$own/README.md"
  # Another program's ha-cfg is not ours to remove.
  if [ "$(readlink "$root/usr/bin/ha-cfg" 2>/dev/null)" = /etc/ha-lizard/ha-lizard ]; then
    remove "$root/usr/bin/ha-cfg"
  fi
  for service in ha-lizard ha-lizard-watchdog; do
    remove "$root/etc/systemd/system/$service.service"
    remove "$root/etc/init.d/$service" "$root/var/lock/subsys/$service"
    for ending in pid stopped init-lock; do remove "$root/var/run/$service.$ending"; done
  done
  # The programs' locks.
  if [ -d "$root/run/ha-lizard" ]; then run rm -rf "$root/run/ha-lizard"; fi
}

purge() {
  remove "$own/ha-lizard.conf" "$own/ha-lizard.pool.conf"
  if [ -d "$own/state" ]; then run rm -rf "$own/state"; fi
}

# remove_keys: before the program goes, for only it knows them.
remove_keys() {
  run "$own/ha-lizard" ha-cfg remove --vms --yes ||
    die "Cannot uninstall: the keys could not be taken out of the pool database; see above, or leave --keys out. Nothing was removed."
}

# restore_original: what install.sh put aside. What an administrator wrote since then stays beside it.
restore_original() {
  if [ -d "$own" ]; then
    run rm -rf "$own.after"
    run mv "$own" "$own.after"
    echo "What was in $own is kept as $own.after."
  fi
  run mv "$original" "$own"
  if [ -d "$own/.system" ]; then
    (cd "$own/.system" && find . ! -type d) | sed 's|^\./||' | while read -r file; do
      run mkdir -p "$root/${file%/*}"
      run mv "$own/.system/$file" "$root/$file"
    done
    run rm -rf "$own/.system"
  fi
  [ -z "$root" ] || return 0
  for service in ha-lizard ha-lizard-watchdog; do
    [ -x "/etc/init.d/$service" ] || continue
    if command -v chkconfig >/dev/null 2>&1; then
      run chkconfig --add "$service"
    elif command -v update-rc.d >/dev/null 2>&1; then
      run update-rc.d "$service" defaults
    fi
  done
}

# ask: on a terminal only; an unattended run is an answer.
ask() {
  if [ "$yes" = 1 ] || [ "$dry_run" = 1 ] || [ ! -t 0 ]; then return 0; fi
  printf 'Remove HA-Lizard from %s%s? [y/N] ' "$own" "$1"
  read -r answer || answer=
  case $answer in y | Y | yes) ;; *) die "Nothing was changed." ;; esac
}

main() {
  root='' dry_run=0 yes=0 purge=0 keys=0 restore=0
  while [ $# -gt 0 ]; do
    case $1 in
      --root)
        [ -n "${2:-}" ] || die "Cannot uninstall: --root needs a value; see uninstall.sh --help"
        [ "$2" != / ] || die "Cannot uninstall: --root / is this host; leave --root out"
        root=${2%/}
        shift
        ;;
      --purge) purge=1 ;;
      --keys) keys=1 ;;
      --restore) restore=1 ;;
      --dry-run) dry_run=1 ;;
      --yes) yes=1 ;;
      --help | -h) usage && exit 0 ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
  case $root in '' | /*) ;; *) root=$PWD/$root ;; esac
  own=$root/etc/ha-lizard
  original=$root/etc/ha-lizard.original

  if [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then
    die "Cannot uninstall: this is not root; run it as root, or with --root DIR"
  fi
  if [ -n "$root" ] && [ ! -d "$root" ]; then die "Cannot uninstall: $root is no folder"; fi
  if [ "$restore" = 1 ] && [ ! -d "$original" ]; then
    die "Cannot restore: there is no $original. Nothing was removed."
  fi
  if [ "$keys" = 1 ] && [ ! -x "$own/ha-lizard" ]; then
    die "Cannot take the keys away: $own/ha-lizard is not there. Nothing was removed."
  fi
  if [ "$purge" = 1 ]; then ask ' with its configuration'; else ask ''; fi

  if [ -z "$root" ]; then
    stop_services
    if [ "$keys" = 1 ]; then remove_keys; fi
    unregister_services
  fi
  remove_agents
  remove_program
  [ "$purge" = 0 ] || purge
  remove_empty "$own/fence" "$own/scripts" "$own" "$root/etc/bash_completion.d"
  [ -n "$root" ] || forget_services

  if [ "$restore" = 1 ]; then
    restore_original
    [ "$dry_run" = 0 ] || return 0
    echo "HA-Lizard is removed, and what was installed before is back in $own: start it with its own script."
    return 0
  fi
  [ "$dry_run" = 0 ] || return 0
  echo "HA-Lizard is removed."
  if [ -d "$own" ]; then echo "Files of the administrator are still in $own."; fi
  if [ "$keys" = 0 ]; then echo "Its parameters stay in the pool database."; fi
}

main "$@"
