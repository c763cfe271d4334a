#!/bin/sh
# xe-shell.sh <folder>: the shell of a XenServer host as far as xe goes. Each loopback address is a host of its own; a VM's
# power state is in <folder>/<address>/<vm uuid>, its behaviour in <folder>/<address>/mode.
set -u

# SSH_CONNECTION: <client> <port> <server> <port>
server=${SSH_CONNECTION#* * }
box=$1/${server%% *}
mode=$(cat "$box/mode")
command=${SSH_ORIGINAL_COMMAND:-}
echo "$command" >>"$box/asked"
uuid=$(expr "$command" : '.* uuid=\([0-9a-f-]*\)')
vm=$box/$uuid

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

case $mode:$command in
  hang:*) while :; do sleep 1; done ;;
  garbage:*list*) echo '<expired>' ;;
  *:"xe vm-list uuid=$uuid params=power-state --minimal")
    # xe says nothing of a VM it does not know, and calls that a success.
    if [ -e "$vm" ]; then cat "$vm"; fi
    ;;
  liar:*) ;;
  refuse:*) fail 'The operation could not be performed because a domain still exists.' "vm: $uuid" ;;
  *:"xe vm-shutdown uuid=$uuid --force")
    [ -e "$vm" ] || fail 'The uuid you supplied was invalid.' 'type: VM' "uuid: $uuid"
    echo halted >"$vm"
    ;;
  *:"xe vm-start uuid=$uuid")
    [ "$(cat "$vm")" = halted ] || fail 'You attempted an operation on a VM that was not in an appropriate power state.'
    echo running >"$vm"
    ;;
  *) fail "sh: not this command: $command" ;;
esac
