#!/bin/sh
# A pool of namespaces. A world has its own network, mounts and processes, and ends with whoever started it: its first
# process reads standard input and ends at its end. Every host of the world has a root, a network and processes of its
# own; cutting its power is taking its links down and killing the first of its processes.
#
#   pool.sh world <dir>            start a world; prints "ready"; <dir> is shared with the caller
# in a world (the caller enters it with nsenter):
#   pool.sh up <dir> <n> <install.sh> <tools>   links, roots, the program installed in each root
#   pool.sh on|off <dir> <i>       power
#   pool.sh sh <dir> <i> cmd...    run a command on a host that is on
#   pool.sh part <dir> "1 2" "3"   every group on a bridge of its own;  pool.sh heal <dir>
#   pool.sh cut|mend <dir> <i> <j>  what host i sends to host j is lost, or arrives again; heal mends it, too
#   pool.sh second <dir> <i>       the host's address in a second network
#   pool.sh stranger <dir> <address> [<i>]   a machine that is no host gets that address, and the network card of host i
#   pool.sh hasty <dir> <n>        silent neighbours are soon known to be
set -eu
self=$(readlink -f "$0")
here=$(dirname "$self")
W=/run/pool
NET=10.77.0
SECOND=10.78.0

address() { echo "$NET.$((10 + $1))"; }

# --- the world ------------------------------------------------------------------------------------------------------

world() {
  user=
  [ "$(id -u)" = 0 ] || user='--user --map-root-user'
  # $user is two words or none.
  # shellcheck disable=SC2086
  exec unshare $user --net --mount --uts --ipc --pid --fork --kill-child --mount-proc --propagation private \
    "$self" _world "$1"
}

world_init() {
  cd /
  mount -t tmpfs -o mode=755 pool /run
  mkdir -p $W /run/netns /run/lock
  echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 2>/dev/null || true
  ip link set lo up
  echo ready
  # Ends when the caller closes the pipe or dies; everything in the world ends with this process. Bash, because it
  # collects the orphans that it inherits.
  # The folder goes too.
  # The variables belong to the inner shell.
  # shellcheck disable=SC2016
  exec bash -c 'while read -r _; do :; done; rm -rf "${1:?}"' world "$1"
}

# --- links ----------------------------------------------------------------------------------------------------------

links() {
  ip -batch - <<END
link add data0 type bridge
addr add $NET.1/24 dev data0
link set data0 up
END
  for i in $(seq "$1"); do
    ip netns add "h$i"
    ip link add "d$i" type veth peer name eth0 netns "h$i"
    ip link set "d$i" master data0 up
    ip -n "h$i" -batch - <<END
link set lo up
addr add $(address "$i")/24 dev eth0
link set eth0 up
END
    ip link set "d$i" down
  done
}

partition() {
  group=0
  for hosts in "$@"; do
    group=$((group + 1))
    ip link add "part$group" type bridge
    ip link set "part$group" up
    for i in $hosts; do ip link set "d$i" master "part$group"; done
  done
}

# links_named <pattern>: /sys shows the network of whoever mounted it, so ip is asked.
links_named() {
  ip -o link show | sed -n "s/^[0-9]*: \($1\)[@:].*/\1/p"
}

# The second network has the wires of the first.
second() {
  ip -n "h$1" addr add "$SECOND.$((10 + $1))/24" dev eth0
}

# The card of a host, so that nobody has to learn that its address is somewhere else now.
stranger() {
  if ! ip netns list | grep -q '^stranger'; then
    ip netns add stranger
    ip link add s0 type veth peer name eth0 netns stranger
    ip link set s0 master data0 up
    ip -n stranger link set lo up
  fi
  card=
  [ -z "${2:-}" ] || card=$(ip -n "h$2" -o link show dev eth0 | sed 's/.*link.ether \([^ ]*\).*/\1/')
  ip -n stranger link set eth0 down
  [ -z "$card" ] || ip -n stranger link set eth0 address "$card"
  ip -n stranger addr add "$1/24" dev eth0
  ip -n stranger link set eth0 up
}

# hasty <n>: a neighbour that is silent counts as unreachable after 0.3 s instead of 3 s.
hasty() {
  for i in $(seq "$1"); do
    # The variable belongs to the inner shell.
    # shellcheck disable=SC2016
    nsenter --net="/run/netns/h$i" sh -c '
      for link in default eth0; do
        echo 1 >"/proc/sys/net/ipv4/neigh/$link/mcast_solicit"
        echo 300 >"/proc/sys/net/ipv4/neigh/$link/retrans_time_ms"
        echo 1 >"/proc/sys/net/ipv4/neigh/$link/ucast_solicit"
        echo 0 >"/proc/sys/net/ipv4/neigh/$link/delay_first_probe_time"
        echo 500 >"/proc/sys/net/ipv4/neigh/$link/base_reachable_time_ms"
      done'
  done
}

# To a card that nobody has: so one link of a host is cut, and not its others.
cut() {
  ip -n "h$1" neigh replace "$(address "$2")" lladdr 02:00:00:00:00:fe nud permanent dev eth0
}

mend() {
  ip -n "h$1" neigh del "$(address "$2")" dev eth0
}

heal() {
  for host in $(ip netns list | sed -n 's/^\(h[0-9]*\).*/\1/p'); do ip -n "$host" neigh flush nud permanent dev eth0; done
  for link in $(links_named 'd[1-9][0-9]*'); do ip link set "$link" master data0; done
  for link in $(links_named 'part[0-9]*'); do ip link del "$link"; done
}

# --- roots ----------------------------------------------------------------------------------------------------------

# mount_root <name> [<lower>]: a root of overlays over this machine's directories, with an own /var as CentOS has it.
mount_root() {
  own=$W/$1
  root=$own/root
  for part in etc usr opt root bin sbin lib lib32 lib64; do
    if [ -L "/$part" ]; then
      mkdir -p "$root"
      ln -s "$(readlink "/$part")" "$root/$part"
    elif [ -d "/$part" ]; then
      mkdir -p "$root/$part" "$own/upper/$part" "$own/work/$part"
      # Directories made beforehand belong to us; those of the layer below do not in a user namespace.
      case $part in
        etc) (cd "$own/upper/etc" && mkdir -p ha-lizard xensource init.d logrotate.d bash_completion.d systemd/system && echo "$1" >hostname) ;;
        usr) (cd "$own/upper/usr" && mkdir -p bin sbin local/sbin lib/systemd/system) ;;
      esac
      lower=/$part
      if [ -n "${2:-}" ] && [ -d "$2/$part" ]; then lower=$2/$part:/$part; fi
      mount -t overlay overlay -o "lowerdir=$lower,upperdir=$own/upper/$part,workdir=$own/work/$part" "$root/$part"
    fi
  done
  mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/tmp" "$root/srv/pool"
  mkdir -p "$root/var/lib/xcp" "$root/var/log" "$root/var/tmp" "$root/var/spool" "$root/var/cache"
  ln -s ../run "$root/var/run"
  ln -s ../run/lock "$root/var/lock"
}

# The program and the tools of a Dom0 are installed once; every host's root lies over that.
roots() {
  dir=$1 count=$2 installer=$3 tools=$4
  mount_root template
  (cd / && sh "$installer" --root "$W/template/root")
  mkdir -p "$W/template/root/opt/xensource/bin"
  cp "$tools"/dom0/* "$W/template/root/opt/xensource/bin/"
  # Before that of this machine, for its programs and for those of the host alike.
  mv "$W/template/root/opt/xensource/bin/systemctl" "$W/template/root/usr/sbin/"
  mv "$W/template/root/opt/xensource/bin/ip" "$W/template/root/usr/local/sbin/"
  cp -r "$tools"/agents/* "$W/template/root/etc/ha-lizard/fence/"
  # What the installer left below /var is the same in every host.
  for i in $(seq "$count"); do
    mount_root "h$i" "$W/template/upper"
    cp -R "$W/template/root/var/." "$W/h$i/root/var/" 2>/dev/null || true
    echo "$i" >"$W/h$i/root/etc/pool-host-number"
    mkdir -p "$W/h$i/root/run/lock/subsys" "$dir/s/h$i"
  done
}

certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=pool \
    -keyout $W/key.pem -out $W/cert.pem 2>/dev/null
}

# --- power ----------------------------------------------------------------------------------------------------------

power_on() {
  dir=$1 i=$2
  rm -f "$W/h$i/ready"
  mkfifo "$W/h$i/ready"
  ip link set "d$i" up
  nsenter --net="/run/netns/h$i" setsid unshare --mount --uts --ipc --pid --fork --kill-child --propagation private \
    "$self" _boot "$dir" "$i" </dev/null >>"$dir/console-$i" 2>&1 &
  unshare=$!
  # The boot writes to the fifo when the host is up; when it dies instead, the last writer's end is the end of file.
  up=$(timeout 30 head -n 1 "$W/h$i/ready") || up=
  [ "$up" = up ] || { tail -n 20 "$dir/console-$i" >&2; echo "host $i does not boot" >&2; return 1; }
  tr -d ' ' <"/proc/$unshare/task/$unshare/children" >"$W/h$i/pid"
}

# The links first: a machine without power sends no farewell. Its network is this world's, so its routes are ended here.
power_off() {
  i=$2
  ip link set "d$i" down
  ip -n "h$i" route flush type unreachable
  [ -s "$W/h$i/pid" ] || return 0
  init=$(cat "$W/h$i/pid")
  rm -f "$W/h$i/pid"
  kill -9 "$init" 2>/dev/null || return 0
  # The kernel lets it go only when all its processes are gone.
  while [ -d "/proc/$init" ] && ! grep -q '^State:.Z' "/proc/$init/status" 2>/dev/null; do sleep 0.01; done
  # What a real /run forgets.
  rm -rf "$W/h$i/root/run"/*
  mkdir -p "$W/h$i/root/run/lock/subsys"
}

# The first process of a host. Standard output is the console.
boot() {
  dir=$1 i=$2 root=$W/h$2/root
  exec 9>"$W/h$i/ready"
  hostname "h$i"
  mount -t proc proc "$root/proc"
  # A host must never reach the machine's own reset button: without this cover it does not boot.
  mkfifo "$root/run/sysrq"
  if [ -e "$root/proc/sysrq-trigger" ]; then mount --bind "$root/run/sysrq" "$root/proc/sysrq-trigger"; fi
  [ ! -e "$root/proc/sysrq-trigger" ] || [ -p "$root/proc/sysrq-trigger" ]
  cat /proc/sys/kernel/random/uuid >"$root/run/boot_id"
  mount --bind "$root/run/boot_id" "$root/proc/sys/kernel/random/boot_id"
  mount --rbind -o ro /sys "$root/sys"
  devices "$root"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount --bind "$dir/s/h$i" "$root/var/lib/xcp"
  mount --bind "$dir/s" "$root/srv/pool"
  # The front of xapi, and the reset button, in the host's network and among its processes.
  "$POOL_BUN" "$here/relay.ts" "$dir/s/h$i/tcp" "$W/key.pem" "$W/cert.pem" 9>&- &
  # The kernel wants one letter, and no end of line.
  while letter=$(head -c 1); do
    [ "$letter" != b ] || curl -s -m 5 --unix-socket "$dir/s/bmc" -X POST "http://bmc/reset/$i" >/dev/null || true
  done <>"$root/run/sysrq" 9>&- &
  cd "$root"
  # The variable belongs to the inner shell.
  # shellcheck disable=SC2016
  exec chroot . /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin \
    HOME=/root TERM=dumb LANG=C HA_LIZARD_SYSRQ=/run/sysrq bash -c '
    cd /
    busybox syslogd -O /var/log/messages -S 9>&-
    n=0; until [ -S /dev/log ]; do sleep 0.01; n=$((n + 1)); [ $n -lt 500 ] || exit 9; done
    # The watchdog where it is registered, as init would.
    set -- /etc/rc3.d/S??ha-lizard-watchdog
    if [ -L "$1" ]; then set -- -w; else set --; fi
    if [ ! -e /etc/pool-no-service ] && [ -e /etc/init.d/ha-lizard ]; then sh /etc/init.d/ha-lizard start "$@" 9>&-; fi
    echo up >&9
    exec 9>&-
    mkfifo /run/never
    exec 3<>/run/never
    while :; do read -r _ <&3; done'
}

devices() {
  mount -t tmpfs -o mode=755 tmpfs "$1/dev"
  for device in null zero full random urandom tty; do
    : >"$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
  done
  mkdir -p "$1/dev/pts" "$1/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
  ln -s pts/ptmx "$1/dev/ptmx"
  ln -s /proc/self/fd "$1/dev/fd"
  ln -s /proc/self/fd/0 "$1/dev/stdin"
  ln -s /proc/self/fd/1 "$1/dev/stdout"
  ln -s /proc/self/fd/2 "$1/dev/stderr"
  mount -t tmpfs tmpfs "$1/dev/shm"
}

run_on() {
  i=$2
  shift 2
  [ -s "$W/h$i/pid" ] || { echo "host $i is off" >&2; exit 125; }
  exec nsenter -t "$(cat "$W/h$i/pid")" --mount --uts --net --ipc --pid --root --wd \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/xensource/bin HOME=/root \
    TERM="${TERM:-dumb}" LANG=C HA_LIZARD_SYSRQ=/run/sysrq "$@"
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
  world) world "$@" ;;
  _world) world_init "$@" ;;
  up) links "$2" && certificate && roots "$@" ;;
  on) power_on "$@" ;;
  off) power_off "$@" ;;
  _boot) boot "$@" ;;
  sh) run_on "$@" ;;
  part) shift && partition "$@" ;;
  heal) heal ;;
  cut) cut "$2" "$3" ;;
  mend) mend "$2" "$3" ;;
  second) second "$2" ;;
  stranger) shift && stranger "$@" ;;
  hasty) shift && hasty "$@" ;;
  *)
    sed -n '2,16p' "$self" >&2
    exit 2
    ;;
esac
