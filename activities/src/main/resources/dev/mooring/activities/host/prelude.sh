# What every host script begins with. POSIX sh with GNU coreutils, findutils, util-linux.
#
# A script answers in frames: a line "BOUNDARY subject section", then text. The
# boundary is made anew for each call, so that no log line can pass for a frame.
exec 2>&1
set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
umask 077
unset CDPATH ENV BASH_ENV
# libpq's: what the account has set for itself would lead psql, pg_rewind and pg_basebackup elsewhere
unset PGHOST PGHOSTADDR PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGREQUIREAUTH PGCHANNELBINDING PGSERVICE PGSERVICEFILE \
  PGOPTIONS PGAPPNAME PGSSLMODE PGREQUIRESSL PGSSLNEGOTIATION PGSSLCOMPRESSION PGSSLCERT PGSSLKEY PGSSLCERTMODE \
  PGSSLROOTCERT PGSSLCRL PGSSLCRLDIR PGSSLSNI PGREQUIREPEER PGSSLMINPROTOCOLVERSION PGSSLMAXPROTOCOLVERSION \
  PGGSSENCMODE PGKRBSRVNAME PGGSSLIB PGGSSDELEGATION PGCONNECT_TIMEOUT PGTARGETSESSIONATTRS PGLOADBALANCEHOSTS \
  PGMINPROTOCOLVERSION PGMAXPROTOCOLVERSION PGTZ PGGEQO PGSYSCONFDIR PGLOCALEDIR PGREALM
IFS=' 	
'
subject=host
count=0
slots=0

# True if both are the same file or directory, links followed.
same_file() { # two paths
  [ "$(stat -Lc %d:%i "$1" 2>/dev/null)" = "$(stat -Lc %d:%i "$2" 2>/dev/null)" ]
}

# Takes away what libpq reads and a server too, which has its port by it: before a client program is run.
as_client() {
  unset PGPORT PGDATESTYLE PGCLIENTENCODING
}

begin() { # boundary
  boundary=$1
  exec 3>&1
  frame begin
  work=$(mktemp -d "${TMPDIR:-/tmp}/mooring.XXXXXXXX") ||
    end_refused NO_ROOM "no temporary directory can be made below ${TMPDIR:-/tmp}"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
}

frame() { # section; its text follows
  printf '\n%s %s %s\n' "$boundary" "$subject" "$1"
}

report() { # section, text
  printf '\n%s %s %s\n%s' "$boundary" "$subject" "$1" "$2"
}

on_the_way() { # subject, text: goes out at once, in one write
  printf '\n%s %s progress %s\n' "$boundary" "$1" "$2" >&3
}

# Ends this subject's part with a failure code and one sentence.
refuse() { # code, sentence
  report failure "$1 $(by_name "$2")"
  exit 1
}

# Says a sentence that calls the data directory as the cluster file does, not by where its links lead. What lies beside
# that place, or is named by a longer path, keeps its name.
by_name() { # sentence
  rest=$1
  [ "${named:=}" != "${resolved:=}" ] || resolved=''
  while [ -n "$resolved" ]; do
    case $rest in
      *"$resolved"*) ;;
      *) break ;;
    esac
    before=${rest%%"$resolved"*} rest=${rest#*"$resolved"} name=$named
    case $before in *[A-Za-z0-9_./-]) name=$resolved ;; esac
    case $rest in [A-Za-z0-9_.-]*) name=$resolved ;; esac
    printf '%s%s' "$before" "$name"
  done
  printf '%s' "$rest"
}

# Ends the whole script; nothing of the others is done or said.
end_refused() { # code, sentence
  subject=host
  report failure "$1 $2"
  frame end
  exit 1
}

# Runs a function and says how it ended.
alone() { # subject, function, arguments
  subject=$1
  shift
  ("$@") 2>"$work/$subject.err" </dev/null 4>&-
  status=$?
  frame stderr
  [ ! -s "$work/$subject.err" ] || cat "$work/$subject.err"
  report exit "$status"
  subject=host
}

# Lets no more jobs go on at once: each takes a line out of a pipe before it begins and puts one back
# when it has ended, however it ended.
at_most() { # how many
  mkfifo "$work/slots" && exec 4<>"$work/slots" ||
    end_refused NO_ROOM "no pipe can be made below ${TMPDIR:-/tmp}"
  while [ "$slots" -lt "$1" ]; do
    slots=$((slots + 1))
    printf '\n' >&4
  done
}

# Runs a function beside the others; what it says comes when all are through.
job() { # subject, function, arguments
  count=$((count + 1))
  [ "$slots" -eq 0 ] || read -r _ <&4
  {
    alone "$@"
    [ "$slots" -eq 0 ] || printf '\n' >&4
  } >"$work/$count.out" &
  eval "pid_$count=\$!"
}

finish() {
  number=0
  set --
  while [ "$number" -lt "$count" ]; do
    number=$((number + 1))
    eval "wait \$pid_$number"
    set -- "$@" "$work/$number.out"
  done
  [ $# -eq 0 ] || cat "$@"
  subject=host
  frame end
}

# Sets now to what the machine has run, which only grows: a host's clock may be set meanwhile.
hundredths() {
  read -r now _ </proc/uptime
  now=${now%.*}${now#*.}
}

ends_in() { # seconds
  hundredths
  end=$((now + $1 * 100))
}

in_time() {
  hundredths
  [ "$now" -lt "$end" ]
}

# Says the SHA-256 of a file first. openssl uses what the processor has for it: three times as fast.
sha256_of() { # file
  openssl dgst -sha256 -r <"$1" 2>/dev/null || sha256sum <"$1"
}

# Says sizes and digests of WAL files of an archive as they are in a directory.
digests() { # directory, files
  from=$1
  shift
  for file in "$@"; do
    [ -f "$from/$file" ] || continue
    digest=$(sha256_of "$from/$file") || refuse STATE_UNREADABLE "$from/$file can't be read"
    report "archived.$file" "$(stat -L -c %s "$from/$file") ${digest%% *}"
  done
}

# Writes a file of mode 600 whole or not at all, on disk when it returns.
put() { # file, text
  printf '%s' "$2" >"$1.$$.new" && sync "$1.$$.new" && mv -fT "$1.$$.new" "$1" && sync "${1%/*}"
}
