#!/bin/sh
# What install.sh knows of HA-Lizard 2.x: how its files, package and processes are recognised, and how it is moved aside.
# Read by install.sh after installer.sh. Every step may be interrupted, and goes on where it was when it is run again.

# As installer.sh and install.sh have set them.
: "${root=}" "${own:=/etc/ha-lizard}" "${original:=/etc/ha-lizard.original}" "${services:=ha-lizard ha-lizard-watchdog}"

# What stands outside /etc/ha-lizard, in both versions.
system_files='/etc/init.d/ha-lizard /etc/init.d/ha-lizard-watchdog /usr/bin/ha-cfg /etc/bash_completion.d/ha-cfg
/etc/systemd/system/ha-lizard.service /etc/systemd/system/ha-lizard-watchdog.service'
# Names of packages, one a line; install.sh asks for them before anything is changed.
packages=''

# The file in $original that says that moving aside has not ended yet; it comes along with the folder it is made in.
unfinished_mark=.taking-over

# Its own files and folders, none of which ours has.
old_pieces='ha-lizard.sh ha-lizard.func ha-lizard.init ha-lizard.mon install.params init doc scripts/ha-lizard.sh
scripts/ha-lizard.func scripts/install.params scripts/install scripts/uninstall scripts/watcher scripts/timeout'

# old_pieces_here: those that are there. Its ha-cfg is a file where ours is a link.
old_pieces_here() {
  for piece in $old_pieces; do
    if exists "$own/$piece"; then echo "$piece"; fi
  done
  if [ -f "$own/scripts/ha-cfg" ] && [ ! -L "$own/scripts/ha-cfg" ]; then echo scripts/ha-cfg; fi
}

# has_old_version: so that a half installation of ours is never taken for another, only what ours never has counts.
has_old_version() {
  [ -z "$(old_pieces_here)" ] || return 0
  for service in $services; do
    if exists "$root/etc/init.d/$service" && ! is_ours "$root/etc/init.d/$service"; then return 0; fi
  done
  return 1
}

# old_ha_was_on: what 2.x remembers of the switch, for when XAPI cannot be asked.
old_ha_was_on() {
  for folder in "$own/state" "$root/var/lib/ha-lizard/state"; do
    if [ -f "$folder/ha_lizard_enabled" ] && grep -qx true "$folder/ha_lizard_enabled"; then return 0; fi
  done
  return 1
}

# --- its package ------------------------------------------------------------------------------------------------------

has_rpm() {
  command -v rpm >/dev/null 2>&1 && { [ -z "$root" ] || [ -d "$root/var/lib/rpm" ]; }
}

# rpm_here <argument...>: asks about the root that is worked on.
rpm_here() {
  if [ -z "$root" ]; then rpm "$@"; else rpm --root "$root" "$@"; fi
}

# old_packages: the packages that rpm would remove or upgrade over our files.
old_packages() {
  has_rpm || return 0
  {
    if name=$(rpm_here -q ha-lizard 2>/dev/null); then echo "$name"; fi
    for file in $system_files; do
      [ -f "$root$file" ] || continue
      if name=$(rpm_here -qf "$file" 2>/dev/null); then echo "$name"; fi
    done
  } | sed '/^$/d' | sort -u
}

# needed_by: other packages that rpm says need the old one.
needed_by() {
  if names=$(rpm_here -q --whatrequires ha-lizard 2>/dev/null); then
    echo "$names" | sed -e '/^$/d' -e '/^ha-lizard-[0-9]/d'
  fi
}

# write_package_list <file>: rpm knows the files only until it has forgotten the package.
write_package_list() {
  mkdir -p "${1%/*}"
  echo "$packages" | while read -r name; do rpm_here -ql "$name" </dev/null; done >"$1.new"
  mv -f "$1.new" "$1"
}

# move_aside <file>
move_aside() {
  mkdir -p "$original/.system${1%/*}"
  mv -f "$root$1" "$original/.system$1"
}

# forget_packages <names>: without running their scripts, which would stop and delete what is ours by then.
forget_packages() {
  echo "$1" | while read -r name; do rpm_here -e --justdb --noscripts "$name" </dev/null || exit 1; done
}

# is_system_file <file>: ours replaces it.
is_system_file() {
  for name in $system_files; do [ "$name" != "$1" ] || return 0; done
  return 1
}

# take_packages: neither their removal nor their upgrade can touch our files when rpm does not know them any more. What
# they have outside /etc/ha-lizard goes aside, but for fence agents, whose folder FENCE_FILE_LOC may name.
take_packages() {
  list=$original/.package-files
  if [ -n "$packages" ]; then
    run write_package_list "$list"
    run forget_packages "$packages" ||
      die "Cannot install: rpm could not take a package out of its database; see the message above, then run install.sh again"
  fi
  [ -f "$list" ] || return 0
  while read -r file; do
    case $file in
      *..* | /etc/ha-lizard | /etc/ha-lizard/* | */fence/*) continue ;;
      /*) ;;
      *) continue ;;
    esac
    if is_system_file "$file"; then continue; fi
    if [ -L "$root$file" ] || [ -f "$root$file" ]; then run move_aside "$file"; fi
  done <"$list"
  sort -r "$list" | while read -r folder; do
    case $folder in
      *..* | /etc/ha-lizard | /etc/ha-lizard/*) ;;
      */ha-lizard | */ha-lizard/*) if [ -d "$root$folder" ]; then rmdir "$root$folder" 2>/dev/null || true; fi ;;
    esac
  done
  run rm -f "$list"
}

# --- its processes ----------------------------------------------------------------------------------------------------

# is_daemon_name <word>
is_daemon_name() {
  case ${1##*/} in ha-lizard.mon | ha-lizard.sh | ha-lizard-watchdog) return 0 ;; esac
  return 1
}

# is_daemon: the words of a command line, one a line of standard input, are those of a monitor or watchdog of any version:
# the program itself, or a shell that runs it. An editor that shows the file is none.
is_daemon() {
  read -r word || return 1
  ! is_daemon_name "$word" || return 0
  case ${word##*/} in sh | bash | dash | ash | ksh | busybox | -sh | -bash) ;; *) return 1 ;; esac
  while read -r word; do
    case $word in -* | sh | ash) continue ;; esac
    is_daemon_name "$word"
    return
  done
  return 1
}

# running_daemons: "<pid> (<command line>)" of each, one a line; only root's, for nobody else can run one.
running_daemons() {
  grep -lE 'ha-lizard(\.mon|\.sh|-watchdog)' /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do
    folder=${file%/cmdline}
    grep -q '^Uid:[[:space:]]*0[[:space:]]' "$folder/status" 2>/dev/null || continue
    words=$(tr '\0' '\n' <"$file" 2>/dev/null | head -n 6) || continue
    if echo "$words" | is_daemon; then echo "${folder##*/} ($(echo "$words" | tr '\n' ' ' | sed 's/ *$//'))"; fi
  done
}

# expect_no_daemons: waits up to 5 s for their end.
expect_no_daemons() {
  looks=0
  while left=$(running_daemons) && [ -n "$left" ]; do
    if [ "$looks" -ge 10 ]; then
      pids=$(echo "$left" | sed 's/ .*//' | tr '\n' ' ')
      die "Cannot install: HA-Lizard still runs on this host after its services were stopped, and two would fight:
$(echo "$left" | sed 's/^/  process /')
End it, then run install.sh again: kill ${pids% }"
    fi
    looks=$((looks + 1))
    sleep 0.5 2>/dev/null || sleep 1
  done
}

# --- moving it aside --------------------------------------------------------------------------------------------------

# copy_whole <source> <target>: complete or not at all, and only where nothing is yet.
copy_whole() {
  if exists "$2"; then return 0; fi
  mkdir -p "${2%/*}"
  rm -rf "$2.new"
  cp -pPR "$1" "$2.new"
  mv "$2.new" "$2"
}

# copy_private <source> <target>: the same for a file that may hold passwords.
copy_private() {
  if exists "$2"; then return 0; fi
  mkdir -p "${2%/*}"
  (umask 077 && rm -f "$2.new" && cp "$1" "$2.new" && chmod 0600 "$2.new")
  mv "$2.new" "$2"
}

# set_earlier_aside: what was put aside at an earlier time, by a number.
set_earlier_aside() {
  number=1
  while exists "$original.$number"; do number=$((number + 1)); done
  mv "$original" "$original.$number"
  echo "$original is there from before: it is kept as $original.$number."
}

# move_folder: the whole folder, with the mark in it.
move_folder() {
  mkdir -p "$own"
  : >"$own/$unfinished_mark"
  mv "$own" "$original"
}

# bring_back <fence agents of ours>: what its administrator wrote: overrides, lists of devices, agents of his own.
bring_back() {
  mkdir -p "$original/.system" "$own/fence"
  if [ -f "$original/ha-lizard.conf" ]; then copy_private "$original/ha-lizard.conf" "$own/ha-lizard.conf"; fi
  for folder in "$original"/fence/*/; do
    [ -d "$folder" ] || continue
    method=${folder%/} method=${method##*/}
    if [ -d "$1/$method" ]; then
      for list in "$folder"*.hosts; do
        if [ -f "$list" ]; then copy_private "$list" "$own/fence/$method/${list##*/}"; fi
      done
    else
      copy_whole "${folder%/}" "$own/fence/$method"
    fi
  done
}

# keep_system_files: copies for uninstall.sh --restore. The files themselves stay until ours replace them.
keep_system_files() {
  for file in $system_files; do
    if exists "$root$file" && ! is_ours "$root$file"; then run copy_whole "$root$file" "$original/.system$file"; fi
  done
}

# is_unfinished: moving aside was interrupted.
is_unfinished() {
  [ -e "$original/$unfinished_mark" ]
}

# move_pieces: where it was installed over ours, ours stays.
move_pieces() {
  for piece in $(old_pieces_here); do
    mkdir -p "$original/.system" "$original/scripts"
    rm -rf "${original:?}/$piece"
    mv "$own/$piece" "$original/$piece"
  done
}

# take_over <fence agents of ours>: the old version goes aside whole, for uninstall.sh --restore.
take_over() {
  if is_installed && ! is_unfinished; then
    run move_pieces
    return
  fi
  if ! is_unfinished; then
    if exists "$original"; then run set_earlier_aside; fi
    echo "HA-Lizard 2.x is moved, intact, to $original; uninstall.sh --restore brings it back."
    run move_folder
  fi
  run bring_back "$1"
}

# take_over_ends: only when all of ours is in its place.
take_over_ends() {
  if is_unfinished; then run rm -f "$original/$unfinished_mark"; fi
}
