#!/bin/sh
# A host to install on: a root in memory with the tools of this machine, its own /etc, /var, /usr/bin and processes.
# It ends, and leaves nothing, when its script ends or the caller does.
#
# host.sh <folder> <shell script>      <folder> is seen as /srv
set -eu

case $1 in
  _inside) shift ;;
  *) exec unshare --user --map-root-user --mount --pid --fork --kill-child "$0" _inside "$@" ;;
esac

folder=$1 script=$2
tree=$(cd "$(dirname "$0")/../../.." && pwd)
root=/mnt
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs $root
cd $root
mkdir -p proc dev etc/init.d etc/alternatives run/lock/subsys var tmp srv tree machine usr/bin usr/sbin
ln -s ../run var/run
ln -s ../run/lock var/lock
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /usr machine
mount --rbind "$folder" srv
mount --rbind "$tree" tree
# Nothing a script does may reach the machine's own tools.
mount -o remount,bind,ro machine
mount -o remount,bind,ro tree
if [ -d /etc/alternatives ]; then mount --rbind /etc/alternatives etc/alternatives; fi
for part in /usr/lib*; do
  mkdir -p "usr/${part##*/}"
  mount --rbind "$part" "usr/${part##*/}"
done
# Folders of our own, so that something can be installed in them.
(cd usr/bin && ln -s ../../machine/bin/* .)
(cd usr/sbin && ln -s ../../machine/sbin/* .)
rm -f usr/bin/ha-cfg usr/sbin/chkconfig usr/sbin/update-rc.d usr/bin/systemctl
for part in bin sbin lib lib32 lib64; do
  if [ -L "/$part" ]; then ln -s "$(readlink "/$part")" $part; fi
done
exec chroot . /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /; $script"
