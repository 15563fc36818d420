# Files of the configuration under names of their own in the data directory: a rewind removes what its source lacks.

# Says what lines of a file of settings set, and of one of access rules and user maps begin with: a name in lower case and
# what follows it, without quotes.
says_settings() { # file
  sed -nE -e "s/^[[:space:]]*([A-Za-z_]+)[[:space:]]*=?[[:space:]]*'(([^'\\\\]|''|\\\\.)*)'.*/\\L\\1\\E \\2/p" -e t \
    -e 's/^[[:space:]]*([A-Za-z_]+)[[:space:]]*=?[[:space:]]*"([^"]+)".*/\L\1\E \2/p' -e t \
    -e "s/^[[:space:]]*([A-Za-z_]+)([[:space:]]*=[[:space:]]*|[[:space:]]+)([^[:space:]'\"=#]+).*/\\L\\1\\E \\3/p" "$1"
}

# Says what such a file includes, as it stands there, and what its settings name, a relative path from the data directory
# on, as a server takes it: keys, certificates, access rules, and programs and shell scripts among the words of its
# commands. One path to a line.
says_paths() { # file
  says_settings "$1" | while read -r name value; do
    case $name in
      include | include_dir | include_if_exists) printf '%s\n' "$value" ;;
      ssl_*_file | ssl_crl_dir | krb_server_keyfile | hba_file | ident_file) of_data "${value#FILE:}" ;;
      *_command)
        printf '%s\n' "$value" | tr -s "\"';&|<>() " '\n' | while IFS= read -r path; do
          path=$(of_data "$path")
          case $path in *.sh) ;; *) [ -x "$path" ] || continue ;; esac
          [ ! -f "$path" ] || printf '%s\n' "$path"
        done
        ;;
    esac
  done
  # names that stand in a file of their own; a setting may have an @ in its value
  grep -vE '^[[:space:]]*(#|[A-Za-z_.]+[[:space:]]*=)' "$1" | grep -oE '@("[^"]+"|[^",#[:space:]]+)' | tr -d '@"'
}

of_data() { # path
  case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$real/$1" ;; esac
}

# Keeps what these include and name in the data directory beside what is kept already, and what that includes, wherever
# the files between lie; a directory there whole, unless it is one of the server's own. No server reads more than ten
# deep.
keep_included() { # where it is kept, files
  kept_in=$1 depth=0 read_before='
'
  shift
  while [ $# -gt 0 ] && [ "$depth" -lt 10 ]; do
    depth=$((depth + 1))
    unread=$#
    while [ "$unread" -gt 0 ]; do
      file=$1 unread=$((unread - 1))
      shift
      [ -f "$file" ] || continue
      includes=$(says_paths "$file") || :
      while IFS= read -r path; do
        of_included "$path" "${file%/*}" || continue
        keep_entry "$path_given" && keep_entry "$path" && keep_entry "$(readlink -m -- "$path")" || return 1
        set -- "$@" "$path"
        [ ! -d "$path" ] || set -- "$@" "$path"/*.conf
      done <<INCLUDES
$includes
INCLUDES
    done
  done
}

# Sets path_given to a path, which may lead elsewhere by a link that no rewind leaves either, and path to that with the
# links of its directory resolved, or is false if nothing is there, or it was come upon before.
of_included() { # path, directory of the file that names it
  case $1 in
    '') return 1 ;;
    /*) path=$1 ;;
    *) path=$2/$1 ;;
  esac
  path_given=$path path=$(readlink -m -- "${path%/*}/")/${path##*/}
  case $read_before in
    *"
$path
"*) return 1 ;;
  esac
  read_before="$read_before$path
"
  is_there "$path"
}

# What is not in the data directory no rewind removes.
keep_entry() { # path
  entry=${1#"$real"/}
  [ "$entry" != "$1" ] || return 0
  entry=${entry%%/*}
  ! is_there "$kept_in/$entry" || return 0
  case $entry in
    base | global | pg_* | log)
      [ ! -d "$real/$entry" ] ||
        refuse HOST_REFUSED "the configuration names $1, among the server's own files, where it would be lost: move it"
      ;;
  esac
  keep_copy "$real/$entry" "$kept_in"
}

# As it is. A copy is this account's, and of a key of its own account, unlike one of root, a server refuses what a group
# can read.
keep_copy() { # file or directory, where it is kept
  cp -a "$1" "$2/" && (cd "${1%/*}" && find "./${1##*/}" -type f ! -user "$(id -u)" -perm -040 ! -perm -004 -print0) |
    (cd "$2" && xargs -0 -r chmod g=)
}
