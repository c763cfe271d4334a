#!/bin/sh
# A fence agent that goes wrong, for each host in the way that FAULTY.hosts names: <host uuid>:<stubborn|garbage|busy>.
set -u
how=$(sed -n "s/^$1://p" "$(dirname "$0")/FAULTY.hosts")
case $how in
  stubborn)
    # Hangs, with a child that hangs too; neither ends by SIGTERM.
    trap '' TERM INT HUP
    (while :; do sleep 1; done) &
    while :; do sleep 1; done
    ;;
  garbage)
    head -c 100000 /dev/zero | tr '\0' '\377'
    printf '\033[31m\n<html>\001\n%s is the password\n' "$FENCE_PASSWD"
    exit 3
    ;;
  busy) while :; do sleep 1; done ;;
esac
exit 1
