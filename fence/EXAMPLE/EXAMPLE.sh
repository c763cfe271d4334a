#!/bin/sh
# A fence agent of your own, as an example: a power strip with a web interface. Copy the folder under a new name; README.md
# says what every agent has to keep. The strip is at FENCE_IPADDRESS: GET /outlet/<n> answers on or off, PUT switches.
#
# EXAMPLE.sh <host uuid> <start|stop|reset|status>     0: done and verified   1: failed, the last line says why   2: wrong usage
# actions: start stop reset status
set -eu

method=$(basename "$0" .sh)
list=$(dirname "$0")/$method.hosts

say() { echo "$method: $*"; }

fail() {
  say "$@"
  exit 1
}

usage() {
  echo "usage: $method.sh <host uuid> <start|stop|reset|status>" >&2
  exit 2
}

# Seconds since boot: the time of day may jump.
uptime() {
  read -r seconds _ </proc/uptime
  echo "${seconds%.*}"
}

# time_left [seconds]: is there more left than a pause of so many seconds?
time_left() { [ $(($(uptime) + ${1:-0})) -lt "$end" ]; }

# call <arguments of curl>: the password goes to curl on its standard input. On a command line everybody could read it, and
# only a builtin (printf) may have it among its arguments.
call() {
  login=$(printf '%s' "${FENCE_USER:-admin}:${FENCE_PASSWD:-}" | sed 's/[\\"]/\\&/g')
  printf 'user = "%s"\n' "$login" | curl -K - -sS --fail --noproxy '*' --connect-timeout 3 --max-time 5 "$@" 2>&1
}

# Sets state to on, off or unknown. Whatever is not exactly one of two words is unknown, and unknown is never a success. A
# login that is refused is not tried again: that locks accounts.
look() {
  if state=$(call "http://$address/outlet/$outlet"); then :; else state="no answer ($state)"; fi
  case $state in
    on | off) ;;
    *'error: 401'* | *'error: 403'*) fail "outlet $outlet: wrong user or password: $state" ;;
    *) why=$state state=unknown ;;
  esac
}

# Looks until the strip says something: it may be busy, or just starting.
ask() {
  look
  while [ "$state" = unknown ] && time_left 2; do
    sleep 2
    look
  done
  [ "$state" != unknown ] || fail "outlet $outlet: the power state is unknown: $why"
}

# bring <on|off>: asks first. What is so already needs no command, but a second look: the strip may answer from memory.
# Then it looks once a second until two looks in a row agree, or the time is over. An order that is refused is given again,
# not at once; its answer may be all that got lost, so it is the state that decides.
bring() {
  ask
  if [ "$state" = "$1" ]; then
    look
    if [ "$state" = "$1" ]; then return 0; fi
  fi
  agreed=0 pause=1
  while time_left; do
    if [ "$pause" -gt 0 ] && [ "$agreed" -eq 0 ]; then
      pause=0
      if ! refusal=$(call -X PUT --data "$1" -o /dev/null "http://$address/outlet/$outlet"); then
        pause=2
        say "outlet $outlet: $refusal"
      fi
    fi
    look
    if [ "$state" = "$1" ]; then agreed=$((agreed + 1)); else agreed=0; fi
    [ "$agreed" -lt 2 ] || return 0
    time_left $((1 + pause)) || return 1
    sleep $((1 + pause))
  done
  return 1
}

off() { bring off || fail "outlet $outlet: not off in time, but $state"; }
on() { bring on || fail "outlet $outlet: not on in time, but $state"; }

[ $# -eq 2 ] || usage
case $1 in
  '' | *[!0-9a-f-]*) usage ;;
esac
case $2 in
  start | stop | reset | status) ;;
  *) usage ;;
esac

# One second less than we are given: who ends by himself can say why.
end=$(($(uptime) + ${FENCE_TIMEOUT:-60} - 1))
address=${FENCE_IPADDRESS:-}
[ -n "$address" ] || fail "FENCE_IPADDRESS is not set"
[ -r "$list" ] || fail "cannot read $list; it lists the hosts: <host uuid>:<outlet>"
outlet=$(sed -n "s/^$1:\([0-9][0-9]*\)$/\1/p" "$list")
# Nothing, or (with a line break) more than one.
case $outlet in
  '' | *[!0-9]*) fail "$1 is not listed, or more than once, in $list" ;;
esac

case $2 in
  status)
    ask
    echo "$state"
    ;;
  start)
    on
    say "outlet $outlet is on"
    ;;
  stop)
    off
    say "outlet $outlet is off"
    ;;
  reset)
    # Off and verified in between is what counts: a host that does not come on again is no danger.
    off
    if bring on; then say "outlet $outlet was off and is on again"; else say "outlet $outlet was off; it is now $state"; fi
    ;;
esac
