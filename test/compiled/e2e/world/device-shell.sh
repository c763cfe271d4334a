#!/bin/sh
# device-shell.sh <clp|xe> <folder> <socket>: what someone finds who logs in to an iLO (test/tools/devices/clp-shell.sh) or to the
# outer host of a nested pool (xe-shell.sh) of this world. Those keep a power state in a file: here it is the one of a host
# before, and an order to that host afterwards. While <folder>/<address>/stale exists, the file says off and nothing else.
set -u

kind=$1 folder=$2 socket=$3
devices=$(dirname "$0")/../../../tools/devices
server=${SSH_CONNECTION#* * }
box=$folder/${server%% *}

if [ "$kind" = clp ]; then
  on=On off=Off file=$box/power host=$(cat "$box/host")
else
  # The VM of a pool host bears its number.
  on=running off=halted
  vm=$(expr "${SSH_ORIGINAL_COMMAND:-}" : '.* uuid=\([0-9a-f-]*\)')
  file=$box/$vm
  host=$(echo "$vm" | sed 's/-4444-4444-/-1111-4111-/')
fi

ask() { curl -fsS --max-time 20 --unix-socket "$socket" "$@"; }

if [ -e "$box/stale" ]; then
  before=$off
else
  case $(ask "http://power/power/$host") in
    on) before=$on ;;
    off) before=$off ;;
    *) before=unknown ;;
  esac
fi
echo "$before" >"$file.$$"
mv "$file.$$" "$file"

"$devices/$kind-shell.sh" "$folder"
status=$?
# The client may have gone; what it ordered is done.
trap '' HUP
after=$(cat "$file")
if [ "$after" != "$before" ] && [ ! -e "$box/stale" ]; then
  case $after in
    "$on") ask -X POST "http://power/power/$host/on" ;;
    "$off") ask -X POST "http://power/power/$host/off" ;;
  esac >/dev/null 2>&1
fi
exit $status
