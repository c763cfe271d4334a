#!/bin/sh
# Fence method ILO: HP and HPE iLO 2 to 6 (SMASH CLP by ssh). README.md says how it is set up.
#
# ILO.sh <host uuid> <start|stop|reset|status>     0: done and verified   1: failed, the last line says why   2: wrong usage
# actions: start stop reset status
exec "${HA_LIZARD_PROGRAM:-/etc/ha-lizard/ha-lizard}" fence ILO "$@"
