#!/bin/sh
# sshd.sh <folder> <forced command>: a real sshd on port 22 of all loopback addresses of a network of its own, with its own
# users (root, with the password hash in <folder>/shadow). First process of a pid namespace: it ends when its standard
# input does, and everything in the namespace with it.
set -eu

folder=$1 forced=$2
mount -t tmpfs none /run
mkdir -m 755 /run/sshd
printf 'root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n' >"$folder/passwd"
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/shadow" /etc/shadow
ip link set lo up
# The first value of an option counts, so a test's own come first. Without its quantum-proof exchange, which is half of the
# processor time of a login.
cp "$folder/extra_config" "$folder/sshd_config"
cat >>"$folder/sshd_config" <<EOF
KexAlgorithms curve25519-sha256
PidFile none
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PubkeyAuthentication yes
AuthorizedKeysFile $folder/authorized_keys
PermitRootLogin yes
StrictModes no
UseDNS no
PrintMotd no
MaxStartups 100
ForceCommand $forced
EOF
sshd=$(command -v sshd || echo /usr/sbin/sshd)
# Since OpenSSH 9.8 an address that fails to log in, or does not end a login, is not let in for a while: all tests are one
# address. Older ones do not know the option.
if grep -qa persourcepenalties "$sshd"; then echo 'PerSourcePenalties no' >>"$folder/sshd_config"; fi
"$sshd" -D -e -f "$folder/sshd_config" 2>"$folder/log" &
cat >/dev/null
