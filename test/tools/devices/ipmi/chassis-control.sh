#!/bin/sh
# What ipmi_sim calls for a chassis: <power> get <parameter>..., or <power> set <parameter> <value>...; <power> is
# file:<path> or socket:<path>:<host uuid>, as in ../power.ts. A failure is one of the BMC's: it reports an error.
set -eu

power=$1
what=$2
shift 2

order() { # GET "", or POST /on
  rest=${power#socket:}
  curl -fsS --max-time 20 -X "$1" --unix-socket "${rest%:*}" "http://power/power/${rest##*:}$2"
}

read_state() {
  case $power in
    file:*) cat "${power#file:}" ;;
    *) order GET "" ;;
  esac
}

write_state() {
  case $power in
    file:*) [ -e "${power#file:}.stuck" ] || echo "$1" >"${power#file:}" ;;
    *) order POST "/$1" >/dev/null ;;
  esac
}

case $what in
  get)
    for parameter; do
      case $parameter in
        power)
          state=$(read_state)
          case $state in
            on) echo power:1 ;;
            off) echo power:0 ;;
            *) exit 1 ;;
          esac
          ;;
        *) echo "$parameter:0" ;;
      esac
    done
    ;;
  set)
    while [ $# -ge 2 ]; do
      case $1:$2 in
        power:0 | shutdown:*) write_state off ;;
        power:1) write_state on ;;
        reset:*)
          write_state off
          write_state on
          ;;
      esac
      shift 2
    done
    ;;
esac
