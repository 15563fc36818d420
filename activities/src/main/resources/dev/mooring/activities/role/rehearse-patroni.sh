# If Patroni runs the servers: no fence of a move is written there, and no guard is asked. What Patroni asks before it
# promotes is tried alone, on a directory that stands for the server's.

rehearse_hook() {
  hook=$guard data=$scratch/data
  mkdir -p "$data/pg_wal" && : >"$data/postgresql.auto.conf" || refuse HOST_REFUSED "$scratch can't be made"
  # from here on the right to write is recorded in the authority of this directory alone
  cluster_dir=$scratch
  if [ ! -x "$hook" ]; then
    show HOOK NOT_REHEARSED "mooring-patroni, which is not on this host"
    return 0
  fi
  hook_wrong=''
  ask_hook 1 'no writer is recorded'
  read_authority "$my_content"
  now_named none
  ask_hook 1 'no instance here may write'
  now_named another
  ask_hook 1 'another may write, not it'
  now_named "$me"
  ask_hook 0 'names it'
  now_named patroni
  ask_hook 0 'Patroni decides'
  fence_before_stop
  now_named "$me"
  ask_hook 1 'it was fenced in epoch 1'
  if [ -n "$hook_wrong" ]; then
    show HOOK FAILED "$hook_wrong"
  else
    show HOOK SHOWN "mooring-patroni refuses to promote if no writer is recorded, if no instance or another one may write, and if the member is fenced; it permits the named member, and any member if Patroni decides"
  fi
}

ask_hook() { # the status it must end with, words it must say
  answer=$(bounded "$hook" "$data" "$scratch/$my_content.authority" "$me" pre_promote 2>&1 8>&-)
  status=$?
  case $status/$answer in
    "$1"/*"$2"*) ;;
    *) hook_wrong="$hook_wrong mooring-patroni ends with $status, not with $1 and '$2': $answer" ;;
  esac
}
