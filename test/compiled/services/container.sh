#!/bin/sh
# A machine with an init of its own: systemd, or one that only takes in orphans, as on machines with SysV scripts.
#
# container.sh <folder> systemd|sysv     <folder> is seen as /srv, the tree as /tree; commands come in with enter.sh
#
# It has its own /etc, /var, processes, network and control groups, and this machine's programs read-only. It says its
# init's process number on standard output, and ends when standard input does.
set -eu

if [ "$1" != _inside ]; then
  # The init of a namespace ends with SIGKILL only, and takes everything in it along.
  # Nor does it outlive this script, which may be killed.
  setpriv --pdeathsig KILL \
    unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child=KILL "$0" _inside "$@" </dev/null >&2 &
  outer=$!
  trap 'kill -KILL $outer 2>/dev/null' EXIT
  trap 'exit 1' INT TERM HUP
  tries=0
  until init=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null) && [ -n "$init" ] && [ -e "$1/up" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] && kill -0 $outer 2>/dev/null || exit 1
    sleep 0.05
  done
  echo "${init% }"
  cat >/dev/null
  exit 0
fi

folder=$2 kind=$3
tree=$(cd "$(dirname "$0")/../../.." && pwd)
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
cd /mnt
mkdir -p usr etc/init.d etc/rc3.d etc/systemd/system proc sys dev run tmp var/log root srv tree old
for part in bin sbin lib lib32 lib64; do
  if [ -L "/$part" ]; then ln -s "$(readlink "/$part")" $part; fi
done
mount --rbind /usr usr
mount -o remount,bind,ro usr
mkdir -p own/bin own/work
mount -t overlay -o "lowerdir=/usr/bin,upperdir=/mnt/own/bin,workdir=/mnt/own/work" overlay usr/bin
for file in passwd group nsswitch.conf ld.so.cache alternatives; do
  if [ -e "/etc/$file" ]; then cp -a "/etc/$file" etc/; fi
done
echo 0123456789abcdef0123456789abcdef >etc/machine-id
: >etc/fstab
mount --rbind "$folder" srv
mount --rbind "$tree" tree
mount -o remount,bind,ro tree
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
  : >dev/$node
  mount --bind /dev/$node dev/$node
done
mkdir dev/shm
ln -s /proc/self/fd dev/fd
for place in run tmp; do mount -t tmpfs -o mode=755 tmpfs $place; done
mkdir run/lock run/lock/subsys
ln -s ../run var/run
ln -s ../run/lock var/lock
ip link set lo up
if [ "$kind" = systemd ]; then
  # Only what is needed to supervise: nothing of this machine's own services.
  printf '[Unit]\nDescription=a machine for tests\n' >etc/systemd/system/test.target
  ln -s test.target etc/systemd/system/default.target
  mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
: >srv/up
pivot_root . old
umount -l /old
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ "$kind" = systemd ]; then
  exec env -i PATH=$PATH container=test /lib/systemd/systemd --log-target=null --unit=test.target
fi
# bash takes in the orphans of a process namespace while it waits.
exec env -i PATH=$PATH bash -c 'while :; do sleep 1; done'
