#!/bin/sh
# `npm run demo` and `npm test` of the last commit on machines that have nothing but Debian, nodejs and npm: as root, as an
# ordinary user, and as root in a plain chroot, where user namespaces are refused. Each machine is a root folder made once
# by debootstrap and kept in the cache; what a run writes goes to a layer above it, thrown away in the end.
set -eu

usage() {
  echo "usage: npm run fresh -- [bookworm | trixie] [root | user | chroot] [--ring NAME]...
  Without arguments: both Debians, each in all three ways, one after the other; about half an hour for each of the six.
  --ring NAME  only this ring of npm test, and no demo.
  Needs root, debootstrap and overlayfs. Kept: ${cache}; \`rm -r\` it for new machines." >&2
  exit 2
}

die() {
  echo "fresh: $*" >&2
  exit 1
}

# make_machine <suite>: its root folder, complete or not there.
make_machine() {
  [ ! -d "$cache/$1" ] || return 0
  echo "making a $1 (debootstrap, nodejs, npm)"
  rm -rf "$cache/$1.new"
  log=$cache/$1.log
  {
    debootstrap --variant=minbase --include=ca-certificates "$1" "$cache/$1.new" &&
      share_network "$cache/$1.new" &&
      echo force-unsafe-io >"$cache/$1.new/etc/dpkg/dpkg.cfg.d/fresh" &&
      chroot "$cache/$1.new" apt-get update &&
      chroot "$cache/$1.new" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm &&
      chroot "$cache/$1.new" useradd --create-home --shell /bin/bash somebody &&
      mv "$cache/$1.new" "$cache/$1"
  } </dev/null >"$log" 2>&1 || { tail -n 20 "$log" >&2 && die "no $1 could be made, see $log"; }
}

# share_network <root>: what this machine needs to reach Debian's packages and the npm registry.
share_network() {
  cp -L /etc/resolv.conf "$1/etc/resolv.conf"
  cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"
  for file in /etc/apt/apt.conf.d/99*; do [ ! -e "$file" ] || cp "$file" "$1/etc/apt/apt.conf.d/"; done
  npm config get registry | sed 's/^/registry=/' >"$1/etc/npmrc.shared"
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >>"$1/etc/npmrc.shared"
}

# run_machine <suite> <way>: one line for each command; its status is that of the worst.
run_machine() {
  layer=$cache/run/$1-$2
  rm -rf "$layer"
  mkdir -p "$layer/upper" "$layer/work" "$layer/root"
  home=/root
  [ "$2" != user ] || home=/home/somebody
  mkdir -p "$layer/upper$home/ha-lizard"
  git archive HEAD | tar -x -C "$layer/upper$home/ha-lizard"
  cp "$cache/$1/etc/npmrc.shared" "$layer/upper$home/.npmrc"
  if [ "$2" = user ]; then chown -R "$(chroot "$cache/$1" id -u somebody)" "$layer/upper$home"; fi
  worst=0
  if [ -n "$rings" ]; then
    run_command "$1" "$2" "npm test -- $rings" || worst=1
  else
    for command in 'npm run demo' 'npm test'; do run_command "$1" "$2" "$command" || worst=1; done
  fi
  [ "$worst" = 1 ] || rm -rf "$layer"
  return "$worst"
}

# run_command <suite> <way> <command>: in namespaces of its own, so that nothing outlives it.
run_command() {
  log=$cache/$1-$2-$(echo "$3" | sed 's/[^a-z]/-/g').log
  began=$(date +%s)
  status=0
  unshare --mount --pid --fork --kill-child --uts --ipc \
    test/tools/fresh/enter.sh "$cache/$1" "$layer" "$2" "$home" "$3" </dev/null >"$log" 2>&1 || status=$?
  seconds=$(($(date +%s) - began))
  result=$(tail -n 1 "$log" | cut -c 1-60)
  verdict=ok
  [ "$status" = 0 ] || verdict=FAILED
  printf '%-9s %-7s %-14s %-7s %5d s  %s\n' "$1" "$2" "$3" "$verdict" "$seconds" "$result"
  grep 'LEFT OUT' "$log" | sed 's/^/    /' || true
  [ "$status" = 0 ] || { grep '^failed ' "$log" | sed 's/^/    /' || true; echo "    see $log"; }
  return "$status"
}

main() {
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/ha-lizard-fresh
  suites='' ways='' rings=''
  while [ $# -gt 0 ]; do
    case $1 in
      bookworm | trixie) suites="$suites $1" ;;
      root | user | chroot) ways="$ways $1" ;;
      --ring)
        [ $# -ge 2 ] || usage
        rings="$rings $2"
        shift
        ;;
      *) usage ;;
    esac
    shift
  done
  [ "$(id -u)" = 0 ] || die "run it as root: it makes root folders and namespaces"
  command -v debootstrap >/dev/null 2>&1 || die "debootstrap is missing: apt-get install debootstrap"
  cd "$(dirname "$0")/../../.."
  mkdir -p "$cache"
  failed=0
  for suite in ${suites:-bookworm trixie}; do
    make_machine "$suite"
    for way in ${ways:-root user chroot}; do run_machine "$suite" "$way" || failed=1; done
  done
  return "$failed"
}

main "$@"
