# shellcheck shell=sh
# Reads what a build left: Maven's log as it runs, the reports of its tests, the state of the work tree, processes.

# follow_build TIMES: passes Maven's log on, and writes the seconds in which a module's unit tests ran, and all others, to
# the file TIMES. The log is read as it comes, for its goals carry no times of their own; two modules may write to it.
follow_build() {
  unit_seconds=0
  other_seconds=0
  testing=' '
  since=$(date +%s)
  while IFS= read -r line; do
    printf '%s\n' "$line"
    case $line in
      *' --- '*' @ '*' ---')
        end_of_part
        module=${line##* @ }
        module=${module% ---}
        case $testing in
          *" $module "*) testing="${testing%%" $module "*} ${testing#*" $module "}" ;;
        esac
        case $line in
          *surefire*':test ('*) testing="$testing$module " ;;
        esac
        ;;
    esac
  done
  end_of_part
  printf '%s %s\n' "$unit_seconds" "$other_seconds" >"$1"
}

end_of_part() {
  now=$(date +%s)
  case $testing in
    ' ') other_seconds=$((other_seconds + now - since)) ;;
    *) unit_seconds=$((unit_seconds + now - since)) ;;
  esac
  since=$now
}

# count_tests ROOT DIRECTORY SINCE: run, failed and skipped, summed over the reports newer than the file SINCE.
count_tests() {
  find "$1" -path "*/target/$2/TEST-*.xml" -newer "$3" -exec grep -h -m 1 '<testsuite ' {} \; | sum_suites
}

# sum_suites: run, failed and skipped, summed over the suites of standard input.
sum_suites() {
  awk '
    function number(name) {
      if (!match($0, " " name "=\"[0-9]+\"")) return 0
      return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0
    }
    { run += number("tests"); failed += number("failures") + number("errors"); skipped += number("skipped") }
    END { print run + 0, failed + 0, skipped + 0 }'
}

# work_tree_digest ROOT: one value for all that git would see changed or new; nothing outside a git checkout.
work_tree_digest() {
  command -v git >/dev/null && git_in "$1" rev-parse --verify -q HEAD >/dev/null 2>&1 || return 0
  {
    git_in "$1" diff --no-ext-diff --binary HEAD
    (cd "$1" && git_in . ls-files --others --exclude-standard -z | xargs -0 -r sha256sum)
  } | sha256sum
}

# git_in ROOT ARGUMENTS...: also where the clone belongs to another account, as a build server's may.
git_in() {
  directory=$1
  shift
  git -c safe.directory='*' -C "$directory" "$@"
}

# shell_scripts ROOT: every file that begins as a shell script, outside what the build makes.
shell_scripts() {
  find "$1" \( -name target -o -name .git \) -prune -o -type f -exec grep -lE -m 1 '^#!/bin/(ba)?sh' {} + |
    while IFS= read -r script; do
      case $(head -n 1 "$script") in
        '#!/bin/sh'* | '#!/bin/bash'*) printf '%s\n' "$script" ;;
      esac
    done
}

# processes_of MARK: those started under this build, and still running, one a line.
processes_of() {
  for environment in /proc/[0-9]*/environ; do
    if grep -q -z -F -x "MOORING_VERIFY=$1" "$environment" 2>/dev/null; then
      process=${environment%/environ}
      printf '%s %s\n' "${process#/proc/}" "$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null)"
    fi
  done
}

# slower: how many times longer than an idle machine this one may take, which every time limit of a test is multiplied
# with: once for the test itself, and once for each process that each core had to run over the last minute.
slower() {
  awk -v cores="$(nproc)" '{ n = 1 + $1 / cores; if (n > int(n)) n = int(n) + 1; print (n > 8 ? 8 : n) }' /proc/loadavg
}

# clock SECONDS: as minutes:seconds.
clock() {
  printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}
