#!/bin/sh
# tie-shell.sh <folder>: the login shell of a machine that is a tie-breaker. Each loopback address is a machine of its own, in
# <folder>/<address>: `shell` is dash or busybox (with its own tools and no others), `bin` has tools that are found first, and
# `prelude` is run before everything. SSHD is the process that has the connection.
set -u

# SSH_CONNECTION: <client> <port> <server> <port>
server=${SSH_CONNECTION#* * }
folder=$1
box=$folder/${server%% *}
echo asked >>"$box/asked"
export SSHD=$PPID HOME="$box" REAL_PATH="$PATH"
# Some shells stay in between.
while case $(cat "/proc/$SSHD/comm") in sshd* | "") false ;; esac do SSHD=$(ps -o ppid= -p "$SSHD" | tr -d ' '); done
cd "$box" || exit 1
# shellcheck disable=SC1091
if [ -e prelude ]; then . ./prelude; fi

case $(cat shell) in
  busybox) PATH=$box/bin:$folder/busybox exec "$folder/busybox/ash" -c "$SSH_ORIGINAL_COMMAND" ;;
  dash) PATH=$box/bin:$PATH exec dash -c "$SSH_ORIGINAL_COMMAND" ;;
  none) echo 'This account is currently not available.' && exit 1 ;;
esac
