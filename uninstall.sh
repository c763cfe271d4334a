#!/bin/sh
# Removes what install.sh laid out. ha-lizard.conf, the last good parameters and the state stay unless --purge is given;
# fence agents and other files of an administrator, and whatever is not of this program, always stay. After it was
# interrupted at any point it goes on when it is run again.
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
  --yes        do not ask; needed on this host where there is no terminal
END
}

# remove <file...>: those that are there, and what an interrupted install.sh has left beside them.
remove() {
  for file in "$@"; do
    for name in "$file" "$file.new"; do
      if exists "$name"; then run rm -f "$name"; fi
    done
  done
}

# remove_folder <folder...>: with all that is in it.
remove_folder() {
  for folder in "$@"; do
    if [ -d "$folder" ]; then run rm -rf "$folder"; fi
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
  if has_own_script; then
    stop_both || die "Cannot uninstall: the services could not be stopped; see the message above. Nothing was removed."
    return
  fi
  for service in $services; do
    script=/etc/init.d/$service
    [ -x "$script" ] || continue
    run "$script" stop || die "Cannot uninstall: $script stop failed; stop $service first. Nothing was removed."
  done
}

unregister_services() {
  for service in $services; do
    if is_ours "/etc/systemd/system/$service.service" && command -v systemctl >/dev/null 2>&1; then
      run systemctl --quiet disable "$service.service" || echo "Cannot unregister $service: systemctl failed; going on" >&2
      continue
    fi
    is_ours "/etc/init.d/$service" || continue
    if command -v chkconfig >/dev/null 2>&1; then
      run chkconfig --del "$service" || echo "Cannot unregister $service: chkconfig failed; going on" >&2
    fi
  done
}

# update-rc.d takes links away only when the script is gone.
forget_services() {
  if command -v update-rc.d >/dev/null 2>&1 && ! command -v chkconfig >/dev/null 2>&1; then
    for service in $services; do
      if exists "/etc/init.d/$service" && [ "$dry_run" = 0 ]; then continue; fi
      run update-rc.d "$service" remove || echo "Cannot unregister $service: update-rc.d failed; going on" >&2
    done
  fi
  reload_units
}

reload_units() {
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then run systemctl daemon-reload; fi
}

# Only paths below the agents' folder, whatever the list says.
remove_agents() {
  [ -f "$own/installed-agents" ] || return 0
  while read -r agent; do
    case $agent in
      *..* | *.hosts | *.conf) ;;
      /etc/ha-lizard/fence/?*)
        remove "$root$agent"
        folder=${agent%/*}
        [ "$folder" = /etc/ha-lizard/fence ] || remove_empty "$root$folder"
        ;;
    esac
  done <"$own/installed-agents"
}

# Copies of an administrator's lists and agents that install.sh had not finished.
remove_unfinished() {
  for file in "$own"/ha-lizard.conf.new "$own"/fence/*.new "$own"/fence/*/*.hosts.new; do
    if exists "$file"; then run rm -rf "$file"; fi
  done
}

# remove_ours <file>: what another program has written under this name is not ours to remove; an unfinished copy is.
remove_ours() {
  if is_ours "$1"; then run rm -f "$1"; fi
  if exists "$1.new"; then run rm -f "$1.new"; fi
}

# Where /var/run is a link to that of this machine, nothing there belongs to another root.
remove_outside() {
  remove_ours "$root/usr/bin/ha-cfg"
  remove_ours "$root/etc/xapi.d/vm-pre-start/50-ha-lizard"
  remove_ours "$root/etc/xapi.d/plugins/ha-lizard-plugin"
  remove_ours "$root/etc/bash_completion.d/ha-cfg"
  for service in $services; do
    remove_ours "$root/etc/systemd/system/$service.service"
    remove_ours "$root/etc/init.d/$service"
  done
  if [ -n "$root" ] && same_place "$root/var/run" /var/run; then return 0; fi
  for service in $services; do
    remove "$root/var/lock/subsys/$service"
    for ending in pid stopped restarting init-lock; do remove "$root/var/run/$service.$ending"; done
  done
  remove_folder "$root/var/run/ha-lizard"
  # The same folder on a host, where /var/run is a link to /run.
  if [ -z "$root" ] || ! same_place "$root/run" /run; then remove_folder "$root/run/ha-lizard"; fi
}

# The list goes last: as long as it is there, the folder is known to be ours.
remove_program() {
  remove_agents
  remove_outside
  for name in ha-lizard.mon ha-lizard-watchdog ha-cfg recover_fenced_host vm-pre-start; do remove "$own/scripts/$name"; done
  remove "$own/README.md" "$own/manual.txt" "$own/manual.html"
  remove_unfinished
  [ "$purge" = 0 ] || purge
  remove_empty "$own/fence" "$own/scripts"
  [ -n "$root" ] || forget_services
  remove "$own/ha-lizard"
  run rm -f "$own/.keys-removed" "$own/installed-agents.new" "$own/installed-agents"
}

purge() {
  remove "$own/ha-lizard.conf" "$own/ha-lizard.pool.conf"
  remove_folder "$own/state"
}

# remove_keys: before the program goes, for only it knows them.
remove_keys() {
  [ ! -e "$own/.keys-removed" ] || return 0
  run "$own/ha-lizard" ha-cfg remove --vms --yes ||
    die "Cannot uninstall: the keys could not be taken out of the pool database; see above, or leave --keys out. Nothing was removed."
  run touch "$own/.keys-removed"
}

# put_original_back: what install.sh put aside. What an administrator wrote since then stays beside it.
put_original_back() {
  if [ -d "$own" ]; then
    remove_folder "$own.after"
    run mv "$own" "$own.after"
    echo "What was in $own is kept as $own.after."
  fi
  run mkdir -p "$original/.system"
  run mv "$original" "$own"
}

# finish_restore: the folder .system goes last: it tells that a restoration has not ended.
finish_restore() {
  from=$own
  [ "$dry_run" = 0 ] || [ ! -d "$original" ] || from=$original
  if [ -d "$from/.system" ]; then
    (cd "$from/.system" && find . ! -type d ! -name '*.new') | sed 's|^\./||' | while read -r file; do
      run mkdir -p "$root/${file%/*}"
      run mv "$own/.system/$file" "$root/$file"
    done
  fi
  if [ -z "$root" ]; then
    reload_units
    register_restored
  fi
  run rm -rf "$own/.taking-over" "$own/.package-files" "$own/.system"
}

register_restored() {
  for service in ha-lizard ha-lizard-watchdog; do
    [ -x "/etc/init.d/$service" ] || continue
    if command -v chkconfig >/dev/null 2>&1; then
      run chkconfig --add "$service"
    elif command -v update-rc.d >/dev/null 2>&1; then
      run update-rc.d "$service" defaults
    fi
  done
}

# ask: nobody can be asked without a terminal, and an unattended run must not remove HA by mistake.
ask() {
  if [ "$yes" = 1 ] || [ "$dry_run" = 1 ]; then return 0; fi
  if [ -t 0 ]; then
    what=''
    [ "$purge" = 0 ] || what=' with its configuration'
    confirm "Remove HA-Lizard from $own$what?"
  elif [ -z "$root" ]; then
    die "Cannot uninstall: there is no terminal to ask on; add --yes if HA-Lizard is to be removed from this host. Nothing was changed."
  fi
}

# check: what is asked for can be done.
check() {
  if [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then
    die "Cannot uninstall: this is not root; run it as root, or with --root DIR"
  fi
  if [ -n "$root" ] && [ ! -d "$root" ]; then die "Cannot uninstall: $root is no folder"; fi
  if [ "$restore" = 1 ] && [ ! -d "$original" ] && [ ! -d "$own/.system" ]; then
    ! is_installed || die "Cannot restore: there is no $original. Nothing was removed."
    echo "HA-Lizard is not installed in $own, and there is no $original: nothing to do."
    exit 0
  fi
  if [ "$keys" = 1 ] && [ ! -x "$own/ha-lizard" ] && [ ! -e "$own/.keys-removed" ]; then
    ! is_installed || die "Cannot take the keys out of the pool database: $own/ha-lizard is not there. Nothing was removed."
    echo "HA-Lizard is not installed in $own: if its keys are still in the pool database, run ha-cfg remove --vms on another host." >&2
    keys=0 failed=1
  fi
}

main() {
  case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
  here=$(CDPATH='' cd -- "$here/" && pwd)
  if [ ! -f "$here/init.d/installer.sh" ]; then
    echo "Cannot uninstall: $here/init.d/installer.sh is missing; copy the whole release" >&2
    exit 1
  fi
  # shellcheck source=/dev/null
  . "$here/init.d/installer.sh"
  dry_run=0 root='' own=/etc/ha-lizard
  yes=0 purge=0 keys=0 restore=0 failed=0
  services='ha-lizard-watchdog ha-lizard'
  while [ $# -gt 0 ]; do
    case $1 in
      --root)
        [ -n "${2:-}" ] || die "Cannot uninstall: --root needs a value; see uninstall.sh --help"
        use_root "$2"
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
  original=$own.original
  check
  ask

  # A restoration that was interrupted: all of ours is gone already.
  if [ "$restore" = 1 ] && [ -d "$own/.system" ]; then
    finish_restore
  else
    if [ -z "$root" ]; then
      if is_installed; then stop_services; fi
      if [ "$keys" = 1 ]; then remove_keys; fi
      unregister_services
    fi
    if is_installed; then remove_program; else remove_outside; fi
    remove_empty "$own" "$root/etc/bash_completion.d" "$root/etc/xapi.d/vm-pre-start" "$root/etc/xapi.d/plugins" "$root/etc/xapi.d"
    if [ "$restore" = 1 ]; then
      put_original_back
      finish_restore
    fi
  fi

  [ "$failed" = 0 ] || exit 1
  [ "$dry_run" = 0 ] || return 0
  if [ "$restore" = 1 ]; then
    echo "HA-Lizard is removed, and what was installed before is back in $own: start it with its own script."
    return 0
  fi
  echo "HA-Lizard is removed."
  if [ -d "$own" ]; then echo "Files of the administrator are still in $own."; fi
  if [ "$keys" = 0 ]; then echo "Its parameters stay in the pool database."; fi
}

main "$@"
