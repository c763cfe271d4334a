#!/bin/sh
# Fence method REDFISH: switches a host's power by its management controller, over HTTPS (Redfish); see README.md.
#
# REDFISH.sh <host uuid> <start|stop|reset|status>     0: done and verified   1: failed, the last line says why   2: wrong usage
# actions: start stop reset status
exec "${HA_LIZARD_PROGRAM:-/etc/ha-lizard/ha-lizard}" fence REDFISH "$@"
