#!/bin/sh
# Installs HA-Lizard on this host, or with --root in the root folder of another. Safe to run twice, and after it was
# interrupted at any point: what an administrator keeps (ha-lizard.conf, state, fence agents of his own, lists of BMC
# addresses, WATCH_INTERVAL) is left as it is.
set -eu
umask 022

usage() {
  cat <<'END'
Usage: install.sh [--root DIR] [--binary FILE] [--dry-run] [--nostart] [--offline] [--remove-old] [--yes]

  --root DIR     install below DIR; no service is registered or started
  --binary FILE  the executable; default: dist/ha-lizard or ha-lizard beside this script
  --dry-run      say what would be done, do nothing
  --nostart      do not start the services
  --offline      do not ask XAPI: neither whether its own HA is on, nor to take the parameters (ha-cfg insert)
  --remove-old   the package of HA-Lizard 2.x may be taken out of rpm's database; its files are kept
  --yes          do not ask; implies --remove-old
END
}

# --- steps, each given to run -----------------------------------------------------------------------------------------

# make_folder <mode> <folder>
make_folder() {
  install -d -m "$1" "$2"
}

# place_for <file>
place_for() {
  [ -d "${1%/*}" ] || mkdir -p "${1%/*}"
}

# put <mode> <source> <target>: complete or not at all, and a running program keeps its old file.
put() {
  place_for "$3"
  if ! { install -m "$1" "$2" "$3.new" && mv -f "$3.new" "$3"; }; then
    rm -f "$3.new"
    die "Cannot write $3: see the message above"
  fi
}

# put_hook <source> <target>: whatever stands in a folder of hooks is run by XAPI, also for a moment: it comes as a whole.
put_hook() {
  put 0755 "$1" "$own/scripts/${1##*/}"
  place_for "$2"
  mv -f "$own/scripts/${1##*/}" "$2" || die "Cannot write $2: see the message above"
}

# put_watchdog <seconds> <source> <target>: the script of the watchdog with the interval that an administrator has set.
put_watchdog() {
  sed "s/^WATCH_INTERVAL=.*/WATCH_INTERVAL=$1/" "$2" >"$3.new" || die "Cannot write $3: see the message above"
  chmod 0755 "$3.new"
  mv -f "$3.new" "$3"
}

# link <text> <target>
link() {
  place_for "$2"
  ln -sf "$1" "$2.new"
  mv -f "$2.new" "$2"
}

# write_conf <file>: every parameter, commented out. May come to hold passwords, so nobody else can ever read it.
write_conf() {
  (
    umask 077
    (cd / && "$binary" default-file) >"$1.new" || die "Cannot write $1: $binary default-file failed"
    mv "$1.new" "$1"
  )
}

# write_printed <file> <word...>: what ha-cfg prints for these words.
write_printed() {
  printed=$1
  shift
  place_for "$printed"
  (cd / && "$binary" ha-cfg "$@") >"$printed.new" || die "Cannot write $printed: $binary ha-cfg $* failed"
  chmod 0644 "$printed.new"
  mv "$printed.new" "$printed"
}

# write_recover <file>: HA-Lizard 2.x has a script of that name to run on a host that was fenced.
write_recover() {
  place_for "$1"
  cat >"$1.new" <<'END'
#!/bin/sh
# A host that was fenced needs no recovery: switched on again it follows the master, and HA counts it again. This says
# whether that has happened, and what is wrong when it has not. A host that was forgotten (FENCE_HOST_FORGET=1) has to be
# installed anew and joined to the pool.
/etc/ha-lizard/scripts/ha-cfg status
exec /etc/ha-lizard/scripts/ha-cfg doctor
END
  chmod 0755 "$1.new"
  mv "$1.new" "$1"
}

# write_list <file>: what uninstall.sh removes besides the fixed places. It says that the folder is ours: written first.
write_list() {
  agents "$here/fence" | sed 's|^|/etc/ha-lizard/fence/|' >"$1.new"
  mv "$1.new" "$1"
}

# --- checks -----------------------------------------------------------------------------------------------------------

# wrong <what, and the cure>
wrong() {
  echo "Cannot install: $*" >&2
  troubles=$((troubles + 1))
}

check_binary() {
  if [ ! -f "$binary" ]; then
    wrong "$binary is missing; build it with npm run build, or name it with --binary FILE"
  elif [ ! -s "$binary" ]; then
    wrong "$binary is empty; copy it again"
  elif [ ! -x "$binary" ]; then
    wrong "$binary is not executable; chmod +x $binary"
  elif [ -z "$root" ] && ! (cd / && "$binary" version >/dev/null 2>&1); then
    wrong "$binary does not run on this host; copy it again and never strip it: $binary version says why"
  fi
}

# check_sums: of a release that came over a network, or from a disk.
check_sums() {
  [ -f "$here/SHA256SUMS" ] || return 0
  (cd "$here" && sha256sum -c --quiet SHA256SUMS >/dev/null 2>&1) ||
    wrong "a file of this release is not as it was made; sha256sum -c SHA256SUMS says which: copy the archive again"
}

check_host() {
  machine=$(uname -m)
  [ "$machine" = x86_64 ] || wrong "this machine is $machine; the executable is for x86-64 only"
  if [ -n "$root" ]; then
    [ -d "$root" ] || wrong "$root is no folder; make it first"
    [ ! -d "$root" ] || [ -w "$root" ] || [ -w "$root/etc" ] || wrong "$root cannot be written; run as its owner or as root"
    return 0
  fi
  [ "$(id -u)" -eq 0 ] || wrong "this is not root; run it as root, or with --root DIR"
  if [ ! -r /etc/xensource-inventory ]; then
    wrong "there is no /etc/xensource-inventory: this is no host of XenServer or XCP-ng; run it in Dom0"
  fi
  if [ -r /proc/cpuinfo ] && ! grep -qw sse4_2 /proc/cpuinfo; then
    wrong "the processor has no SSE4.2, which the executable needs"
  fi
}

# check_xapi: two systems of HA would fight, and parameters that cannot be written now would be forgotten.
check_xapi() {
  if [ "$offline" = 1 ] && [ -z "$root" ] && [ "$old" = 1 ] && old_ha_was_on; then
    wrong "HA of HA-Lizard 2.x was on when this host last read it; first: ha-cfg ha-disable, and wait for a minute"
  fi
  [ "$offline" = 0 ] && [ "$troubles" -eq 0 ] || return 0
  status=0
  seen=$(cd / && "$binary" ha-cfg status --json 2>/dev/null) || status=$?
  if [ "$status" = 124 ]; then
    wrong "XAPI does not answer; wait until xe host-list does (xe-toolstack-restart), or leave that out with --offline"
  fi
  case $seen in
    *'"xapiHa": true'*) wrong "XenServer's own HA is on, and two systems of HA would fight; first: xe pool-ha-disable" ;;
  esac
  case $old$seen in
    1*'"ha": "on"'*)
      wrong "HA is on, and HA-Lizard 2.x is installed here: its hosts would fence those that are being changed; first," \
        "on one host: ha-cfg ha-disable, and wait for a minute"
      ;;
  esac
}

# check_package: rpm would remove or upgrade it over our files. Taking it over needs an administrator's word.
check_package() {
  packages=$(old_packages)
  [ -n "$packages" ] || return 0
  others=$(needed_by | tr '\n' ' ')
  [ -z "$others" ] || wrong "rpm says that ${others}needs the package of HA-Lizard 2.x; first: rpm -e ${others% }"
  if [ "$remove_old" = 0 ] && [ "$dry_run" = 0 ] && [ ! -t 0 ]; then
    wrong "rpm has $packages of HA-Lizard 2.x, whose removal or upgrade would delete files of this program; with" \
      "--remove-old it is taken out of rpm's database, and its files are kept in $original"
  fi
}

# check_space: the old executable stays until the new one is complete.
check_space() {
  [ -f "$binary" ] && [ -d "$root/etc" ] || return 0
  needed=$(($(wc -c <"$binary") / 1024 + 1024))
  free=$(df -Pk "$root/etc" | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) return 0 ;; esac
  [ "$free" -ge "$needed" ] || wrong "$root/etc has $free KB free, $needed KB are needed; make room first"
}

check_sources() {
  for source in init.d/installer.sh init.d/old-version.sh init.d/ha-lizard init.d/ha-lizard-watchdog init.d/ha-lizard.service init.d/ha-lizard-watchdog.service \
    init.d/vm-pre-start \
    fence/POOL/POOL.sh; do
    [ -f "$here/$source" ] || wrong "$here/$source is missing; copy init.d and fence together with install.sh"
  done
}

# --- the parts --------------------------------------------------------------------------------------------------------

# agents <folder>: the files of the built-in fence agents, as paths below the folder.
agents() {
  (cd "$1" && find . -type f ! -name '*.ts' | sed 's|^\./||' | sort)
}

lay_out_program() {
  run make_folder 0755 "$own"
  run write_list "$own/installed-agents"
  run make_folder 0755 "$own/fence"
  run make_folder 0755 "$own/scripts"
  run make_folder 0700 "$own/state"
  run put 0755 "$binary" "$own/ha-lizard"
  for name in ha-lizard.mon ha-lizard-watchdog ha-cfg; do
    run link ../ha-lizard "$own/scripts/$name"
  done
  run link /etc/ha-lizard/ha-lizard "$root/usr/bin/ha-cfg"
  run link /etc/ha-lizard/ha-lizard "$root/etc/xapi.d/plugins/ha-lizard-plugin"
  run put_hook "$here/init.d/vm-pre-start" "$root/etc/xapi.d/vm-pre-start/50-ha-lizard"
  run write_recover "$own/scripts/recover_fenced_host"
  if [ -f "$here/README.md" ]; then run put 0644 "$here/README.md" "$own/README.md"; fi
  run write_printed "$own/manual.txt" manual all
  run write_printed "$own/manual.html" manual --html -
  run write_printed "$root/etc/bash_completion.d/ha-cfg" bash-completion
  if [ ! -e "$own/ha-lizard.conf" ]; then run write_conf "$own/ha-lizard.conf"; fi
}

# Built-in agents are always replaced; other folders, and lists and options that exist, are the administrator's.
lay_out_agents() {
  for agent in $(agents "$here/fence"); do
    target=$own/fence/$agent
    case $agent in
      *.sh) run put 0755 "$here/fence/$agent" "$target" ;;
      *.hosts | *.conf) if [ ! -e "$target" ]; then run put 0600 "$here/fence/$agent" "$target"; fi ;;
      *) run put 0644 "$here/fence/$agent" "$target" ;;
    esac
  done
}

# watch_interval <script>: what is set in the watchdog's script that is there, of any version; nothing when it is unusable.
watch_interval() {
  [ -f "$1" ] || return 0
  value=$(sed -n "s/^\(export \)\{0,1\}WATCH_INTERVAL=[\"']\{0,1\}\([^\"' ;#]*\).*/\2/p" "$1" | tail -n 1)
  [ -n "$value" ] || return 0
  case $value in
    *[!0-9]* | ????*) ;;
    *)
      if [ "$value" -ge 1 ] && [ "$value" -le 300 ]; then
        echo "$value"
        return
      fi
      ;;
  esac
  echo "WATCH_INTERVAL=$value in $1 is not kept: it may be 1 to 300" >&2
}

# Exit status 0 of an agent counts as proof that a host is off: agents of HA-Lizard 2.x, and an administrator's own, are
# taken over as they are, and named until ha-cfg fence-test has heard them tell the truth on this host.
name_own_agents() {
  HA_LIZARD_ROOT=$root "$binary" fence --own-agents || true
}

lay_out_services() {
  run put 0755 "$here/init.d/ha-lizard" "$root/etc/init.d/ha-lizard"
  script=$root/etc/init.d/ha-lizard-watchdog
  interval=$(watch_interval "$script")
  run put_watchdog "${interval:-10}" "$here/init.d/ha-lizard-watchdog" "$script"
}

# The program that runs now, also one of an older release, is stopped by the script that knows it. Where it is ours and
# goes on, nothing has been stopped, or a host would be left whose monitor nobody watches.
stop_services() {
  if has_own_script; then
    stop_both && return
    if /etc/init.d/ha-lizard status >/dev/null 2>&1; then
      trap - EXIT INT TERM
      die "Cannot install: the services could not be stopped; see the message above. Nothing was changed."
    fi
    echo "Cannot stop ha-lizard: /etc/init.d/ha-lizard stop failed; going on" >&2
    return
  fi
  for service in ha-lizard-watchdog ha-lizard; do
    script=/etc/init.d/$service
    if [ -x "$script" ]; then run "$script" stop || echo "Cannot stop $service: $script stop failed; going on" >&2; fi
  done
}

# With systemd its own units, else what makes the links of the run levels.
register_services() {
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then
    for service in $services; do
      run put 0644 "$here/init.d/$service.service" "/etc/systemd/system/$service.service"
    done
    run systemctl daemon-reload
    for service in $services; do run systemctl --quiet enable "$service.service"; done
    return
  fi
  for service in $services; do
    if command -v chkconfig >/dev/null 2>&1; then
      run chkconfig --add "$service"
      run chkconfig "$service" on
    elif command -v update-rc.d >/dev/null 2>&1; then
      run update-rc.d "$service" defaults
    else
      echo "Cannot enable $service at boot: neither chkconfig nor update-rc.d is here" >&2
    fi
  done
}

# insert_parameters: those that are not there yet; what is there stays, HA stays as it is.
insert_parameters() {
  run "$own/ha-lizard" ha-cfg insert || echo "Cannot write the parameters to the pool database: run ha-cfg insert later." >&2
}

# ask: on a terminal only; an unattended run is an answer.
ask() {
  if [ "$yes" = 1 ] || [ "$dry_run" = 1 ] || [ ! -t 0 ]; then return 0; fi
  if [ -n "$packages" ] && [ "$remove_old" = 0 ]; then
    echo "$packages of HA-Lizard 2.x is taken out of rpm's database; its files are kept in $original."
  fi
  confirm "Install HA-Lizard in $own?"
}

unfinished() {
  status=$?
  [ "$status" -eq 0 ] || echo "The installation is not finished: HA may not run on this host; run install.sh again." >&2
  exit "$status"
}

main() {
  case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
  here=$(CDPATH='' cd -- "$here/" && pwd)
  for part in installer old-version; do
    if [ ! -f "$here/init.d/$part.sh" ]; then
      echo "Cannot install: $here/init.d/$part.sh is missing; copy the whole release" >&2
      exit 1
    fi
    # shellcheck source=/dev/null
    . "$here/init.d/$part.sh"
  done
  dry_run=0 root='' own=/etc/ha-lizard
  binary='' start=1 yes=0 remove_old=0 offline=0 troubles=0
  services='ha-lizard ha-lizard-watchdog'
  while [ $# -gt 0 ]; do
    case $1 in
      --root | --binary)
        [ -n "${2:-}" ] || die "Cannot install: $1 needs a value; see install.sh --help"
        if [ "$1" = --root ]; then use_root "$2"; else binary=$2; fi
        shift
        ;;
      --dry-run) dry_run=1 ;;
      --nostart) start=0 ;;
      --offline) offline=1 ;;
      --remove-old) remove_old=1 ;;
      --yes) yes=1 remove_old=1 ;;
      --help | -h) usage && exit 0 ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
  original=$own.original
  if [ -z "$binary" ]; then
    binary=$here/dist/ha-lizard
    [ -f "$binary" ] || [ ! -f "$here/ha-lizard" ] || binary=$here/ha-lizard
  fi
  case $binary in /*) ;; *) binary=$PWD/$binary ;; esac
  if [ -n "$root" ]; then offline=1; fi
  old=0
  if is_unfinished || has_old_version; then old=1; fi

  check_host
  check_sums
  check_binary
  check_sources
  check_space
  check_package
  check_xapi
  [ "$troubles" -eq 0 ] || die "Nothing was changed."
  ask

  trap unfinished EXIT
  trap 'exit 130' INT TERM
  if [ -z "$root" ]; then
    stop_services
    [ "$dry_run" = 1 ] || expect_no_daemons
  fi
  if [ "$old" = 1 ]; then take_over "$here/fence"; fi
  keep_system_files
  take_packages
  lay_out_program
  lay_out_agents
  lay_out_services
  take_over_ends
  if [ -z "$root" ]; then
    register_services
    if [ "$offline" = 0 ]; then insert_parameters; fi
    if [ "$start" = 1 ]; then run /etc/init.d/ha-lizard start -w; fi
  fi
  trap - EXIT INT TERM

  [ "$dry_run" = 0 ] || return 0
  echo "HA-Lizard is installed in $own."
  if [ -n "$root" ] || [ "$start" = 0 ]; then echo "Start it with: service ha-lizard start -w"; fi
  if [ "$offline" = 1 ]; then echo "Once per pool: ha-cfg insert."; fi
  name_own_agents
  echo "HA stays as it is in this pool; ha-cfg doctor says what is missing, ha-cfg ha-enable switches it on."
}

main "$@"
