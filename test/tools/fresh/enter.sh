#!/bin/sh
# enter.sh <lower> <layer> <root|user|chroot> <home> <command>: the command in a machine of fresh.sh, which calls this in
# namespaces of its own. pivot_root makes it a real root; a plain chroot is where the kernel refuses user namespaces.
set -eu

lower=$1 layer=$2 way=$3 home=$4 command=$5

mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
cd "$layer/root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run

user=root
[ "$way" != user ] || user=somebody
set -- env -i TERM=dumb HOME="$home" su -l "$user" -c "cd ha-lizard && $command"
[ "$way" != chroot ] || exec chroot . "$@"

mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
rmdir /.before
exec "$@"
