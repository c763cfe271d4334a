#!/bin/sh
# Fence method POOL: switches nothing off. It only lets the pool treat a failed host as gone, so after a network split
# two copies of a VM can run on one disk. It is the choice of an administrator who has no power control.
#
# POOL.sh <host uuid> <start|stop|reset>     0: done (nothing was to be done)   1: wrong usage
set -eu

if [ $# -eq 2 ] && [ -n "$1" ]; then
  case $2 in
    start | stop | reset) exit 0 ;;
  esac
fi
echo "usage: POOL.sh <host uuid> <start|stop|reset>" >&2
exit 1
