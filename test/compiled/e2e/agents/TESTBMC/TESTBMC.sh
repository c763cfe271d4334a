#!/bin/sh
# A fence agent for a pool of namespaces: asks the world's power controller, which is a socket in every host.
# TESTBMC.sh <host uuid> <start|stop|reset|status>; exit 0 = done and verified, 1 = failed.
# actions: start stop reset status
set -eu
host=${1:-} action=${2:-}
# A controller that is silent is asked until FENCE_TIMEOUT is over.
bmc() { curl -s -S -m 60 --unix-socket /srv/pool/bmc "$@"; }

fail() {
  echo "TESTBMC: $*" >&2
  exit 1
}

# confirmed <state>: the power state is read twice; whatever is not understood is not that state.
confirmed() {
  [ "$(bmc "http://bmc/power/$host")" = "$1" ] && [ "$(bmc "http://bmc/power/$host")" = "$1" ]
}

# bring <state>: a status reader first; then the order, then polling until it is so.
bring() {
  if confirmed "$1"; then return 0; fi
  bmc -f -X POST "http://bmc/power/$host/$1" >/dev/null || fail "the controller refuses to switch $host $1"
  tries=0
  until confirmed "$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "$host is not confirmed $1"
    sleep 0.1
  done
}

[ -n "$host" ] || fail "no host given"
case $action in
  stop) bring off ;;
  start) bring on ;;
  reset)
    bring off
    bring on
    ;;
  status) bmc -f "http://bmc/status/$host" || fail "the controller of $host does not say its state" ;;
  *) fail "unknown action '$action'" ;;
esac
