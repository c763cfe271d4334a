#!/bin/sh
# clp-shell.sh <folder>: what an iLO does when someone has logged in. Each loopback address is an iLO of its own: its power
# is in <folder>/<address>/power, how it behaves in <folder>/<address>/mode, and what it was asked in <folder>/<address>/asked.
set -u

# SSH_CONNECTION: <client> <port> <server> <port>
server=${SSH_CONNECTION#* * }
box=$1/${server%% *}
mode=$(cat "$box/mode")
cr=$(printf '\r')

power() { cat "$box/power"; }
# Whoever waits for something that never happens ends with the namespace.
hang() { while :; do sleep 1; done; }
say() { printf '%s\r\n' "$@"; }
completed() { say '' 'status=0' 'status_tag=COMMAND COMPLETED' 'Wed Sep 26 15:31:57 2018' '' ''; }
refused() { say '' 'status=2' 'status_tag=COMMAND PROCESSING FAILED' "error_tag=$1" ''; }
switch() {
  case $mode in liar | sticky) ;; *) echo "$1" >"$box/power" ;; esac
  completed
  say "$2"
}

answer() {
  echo "$*" >>"$box/asked"
  case $mode:$* in
    *:) ;;
    *:exit) completed && say 'CLI session stopped' && exit 0 ;;
    hang:*) hang ;;
    flood:*) exec yes ;;
    slow:*) sleep 0.7 ;;
  esac
  case $mode:$* in
    *:) ;;
    garbage:power) completed && say 'power: server power is currently: Offline?' ;;
    garbage:*) say '#!%&' ;;
    clp-only:power*) refused 'COMMAND NOT RECOGNIZED' ;;
    power-only:*/system1*) refused 'COMMAND NOT SUPPORTED' ;;
    no-rights:power\ * | no-rights:st*) refused 'INSUFFICIENT PRIVILEGE' ;;
    busy:power\ * | busy:st*) refused 'RESOURCE BUSY' ;;
    busy-at-first:st*)
      refused 'RESOURCE BUSY'
      echo ok >"$box/mode"
      ;;
    *:power) completed && say "power: server power is currently: $(power)" '' ;;
    *:'show /system1')
      case $(power) in On) state=enabled ;; *) state=disabled ;; esac
      completed
      say '/system1' '  Targets' '    firmware1' '  Properties' '    name=ProLiant DL380 G7' "    enabledstate=$state" '    processor_number=2'
      ;;
    *:'stop /system1 -f' | *:'power off hard') switch Off 'Forcing server power off .......' ;;
    *:'start /system1' | *:'power on') switch On 'Server powering on .......' ;;
    *) refused 'COMMAND NOT RECOGNIZED' ;;
  esac
}

if [ -n "${SSH_ORIGINAL_COMMAND:-}" ]; then
  answer "$SSH_ORIGINAL_COMMAND"
  exit 0
fi
echo login >>"$box/asked"
[ "$mode" != mute ] || hang
say "User:root logged-in to ILO1(${box##*/} / FE80::1)" 'iLO 4 Advanced 2.70 at  May 07 2019' 'Server Name: dom0' "Server Power: $(power)" ''
while printf '</>hpiLO-> ' && read -r line; do
  answer "${line%"$cr"}"
done
