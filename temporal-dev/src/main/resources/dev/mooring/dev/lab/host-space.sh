# shellcheck shell=sh
# Makes the calling mount namespace that of one host of a lab, then stays, so that it lives on
# whatever happens to the host's servers.
#   $1 the lab's directory   $2 the host   $3 the account that owns the servers   $4 its group
set -eu
lab=$1 host=$2 user=$3 group=$4
own=$lab/hosts/$host

# another lab's disks came along, and would stay in use here whatever that lab does with them
while read -r device point _; do
  case "$(cat "/sys/block/${device#/dev/}/loop/backing_file" 2>/dev/null)" in
    "$lab"/*) ;;
    */disks/*.img) umount --lazy "$point" ;;
  esac
done </proc/mounts

# the account gets this host's home and a shell, whatever the machine gave it
awk -F: -v OFS=: -v user="$user" -v home="$own/home" \
  '$1 == user { $6 = home; $7 = "/bin/sh" } { print }' /etc/passwd >"$own/passwd"
chmod 644 "$own/passwd"
mount --bind "$own/passwd" /etc/passwd
if [ -e /etc/nsswitch.conf ]; then
  # other sources of accounts call some of them locked, and sshd heeds that
  printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files dns' >"$own/nsswitch.conf"
  chmod 644 "$own/nsswitch.conf"
  mount --bind "$own/nsswitch.conf" /etc/nsswitch.conf
fi

# the neighbours' files, the worker's keys and the load's ledger are out of sight
mount --bind "$own" "$lab/stage"
mount -t tmpfs -o size=64k,mode=755 none "$lab/hosts"
mkdir "$lab/hosts/$host"
mount --move "$lab/stage" "$lab/hosts/$host"
# one path that is another place on each host, as a tablespace needs it
ln -s "$host" "$lab/hosts/self"
for hidden in config load hidden snapshot processes; do
  mount -t tmpfs -o size=64k,mode=755,ro none "$lab/$hidden"
done

exec 3>"$own/ready"
exec setpriv --reuid "$user" --regid "$group" --init-groups sleep infinity 3>&-
