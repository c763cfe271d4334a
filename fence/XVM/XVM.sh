#!/bin/sh
# Fence method XVM: a pool host that is itself a VM of another XenServer (xe by ssh). README.md says how it is set up.
#
# XVM.sh <host uuid> <start|stop|reset|status>     0: done and verified   1: failed, the last line says why   2: wrong usage
# actions: start stop reset status
exec "${HA_LIZARD_PROGRAM:-/etc/ha-lizard/ha-lizard}" fence XVM "$@"
