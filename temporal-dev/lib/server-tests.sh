# shellcheck shell=sh
# Runs the server tests, each class in a JVM of its own: light classes two at a time, heavy ones alone.
# A class is light unless it has @Tag("heavy"). A test or class with @Tag("all") is left to `verify --all`.
# Wants $here, $root, $work and say; keeps its reports below $reports.

reports=$here/target/server-tests
# what one JVM of them has loaded and the others map; made anew with each run of classes
shared_classes=$here/target/shared-classes
# a class that hangs is ended after so many seconds of an idle machine, a test after two thirds of them; the slowest
# class, SwitchoverIT, takes 1,200 beside two others
class_limit=1800

# server_test_classes: their full names, one a line.
server_test_classes() {
  (cd "$here/src/test/java" && find . -name '*IT.java' | sort | sed 's|^\./||; s|\.java$||; s|/|.|g')
}

source_of() {
  printf '%s/src/test/java/%s.java\n' "$here" "$(printf '%s' "$1" | tr . /)"
}

# is_tagged TAG CLASS: the class has the tag, not only a test of it.
is_tagged() {
  grep -q "^@Tag(\"$1\")" "$(source_of "$2")"
}

# classes_tagged TAG / classes_not_tagged TAG: those of standard input.
classes_tagged() {
  while IFS= read -r class; do
    ! is_tagged "$1" "$class" || printf '%s\n' "$class"
  done
}

classes_not_tagged() {
  while IFS= read -r class; do
    is_tagged "$1" "$class" || printf '%s\n' "$class"
  done
}

# classes_named NAME...: the full names; ends the launcher at the first name that no class has.
classes_named() {
  server_test_classes >"$work/all-classes"
  for name in "$@"; do
    grep -E "(^|\.)$name\$" "$work/all-classes" ||
      usage "verify: there is no server test class $name; they are the files *IT.java below temporal-dev/src/test"
  done
}

# run_classes FILE [OPTION...]: runs the classes listed in FILE with these options of JUnit's console.
run_classes() {
  list=$1
  shift
  rm -rf "$shared_classes" "$shared_classes.begun"
  classes_not_tagged heavy <"$list" | run_in_lanes 2 "$reports" "$@"
  classes_tagged heavy <"$list" | run_in_lanes 1 "$reports" "$@"
}

# run_in_lanes LANES DIRECTORY [OPTION...]: runs the classes of standard input, so many at a time.
run_in_lanes() {
  lanes=$1
  directory=$2
  shift 2
  xargs -r -P "$lanes" -I CLASS "$here/lib/server-test" "$directory" "$class_limit" CLASS "$@" >&3
}

# result_of DIRECTORY CLASS: run, failed, skipped, seconds of the class's last run there.
result_of() {
  cat "$1/${2##*.}/result" 2>/dev/null || printf '0 1 0 0\n'
}

failed_classes() {
  while IFS= read -r class; do
    read -r _ class_failed _ <<RESULT
$(result_of "$reports" "$class")
RESULT
    [ "$class_failed" -eq 0 ] || printf '%s\n' "$class"
  done <"$1"
}

# first_failure DIRECTORY CLASS: one line.
first_failure() {
  sed -n 's/.*<testcase name="\([^"]*\)".*/\1/; t keep
s/.*<\(failure\|error\) message="\([^"]*\).*/\2/; t show
b
:keep
h; b
:show
H; x; s/()//; s/\n/: /; s/&#10;/ /g; s/&quot;/"/g; p; q' "$1/${2##*.}"/TEST-*.xml 2>/dev/null | cut -c1-200
}

# broke_a_law CLASS: what failed was a law, the ledger or the sums, or the class is there for their controls; such a
# failure is never given a second run. What fails after the last test stands in the output alone.
broke_a_law() {
  is_tagged laws "$1" || grep -q 'dev\.mooring\.dev\.ledger\.LawBroken' "$reports/${1##*.}/output"
}

# run_again FILE [OPTION...]: each failed class of FILE once more, alone. Those that pass then are listed as unsteady
# in $work/unsteady, with their first failure, and what the first run said is kept in the cache directory.
run_again() {
  list=$1
  shift
  failed_classes "$list" >"$work/failed-classes"
  while IFS= read -r class; do
    if broke_a_law "$class"; then
      say "${class##*.} is not run again: what failed was a law, the ledger or the sums"
      continue
    fi
    say "${class##*.} failed; it is run once more, alone"
    printf '%s\n' "$class" | run_in_lanes 1 "$reports/again" "$@"
    read -r _ class_failed _ <<RESULT
$(result_of "$reports/again" "$class")
RESULT
    if [ "$class_failed" -eq 0 ]; then
      printf '%s: %s\n' "${class##*.}" "$(first_failure "$reports" "$class")" >>"$work/unsteady"
      mkdir -p "$(cache_directory)/unsteady"
      cp "$reports/${class##*.}/output" "$(cache_directory)/unsteady/${class##*.}"
    fi
  done <"$work/failed-classes"
}

# sum_classes FILE: classes with tests, run, failed, skipped; of a class that passed its second run, that run.
sum_classes() {
  while IFS= read -r class; do
    directory=$reports
    ! grep -q "^${class##*.}: " "$work/unsteady" || directory=$reports/again
    result_of "$directory" "$class"
  done <"$1" | awk '
    { if ($1 + $2 > 0) classes++; run += $1; failed += $2; skipped += $3 }
    END { print classes + 0, run + 0, failed + 0, skipped + 0 }'
}

# ---- what `verify --all` keeps of each class, below the cache directory

# state_digest: of all that every server test depends on: poms, main sources, launchers, scripts, what tests share, and
# the pages that some of them read.
state_digest() {
  (
    cd "$root"
    find . \( -name target -o -name .git \) -prune -o -type f \
      \( -name pom.xml -o -path '*/src/main/*' -o -path '*/bin/*' -o -name README.md -o -path './docs/*.md' -o -path './temporal-dev/*' \
      -o -path './workflows/src/test/*' -o -path './activities/src/test/*' \) ! -path '*/histories/*' \
      ! -name '*IT.java' ! -name '*Test.java' ! -path './temporal-dev/verify*' -print0 | sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -c1-16
}

# class_digest CLASS: the state, and the class itself.
class_digest() {
  { printf '%s\n' "$MOORING_STATE" && cat "$(source_of "$1")"; } | sha256sum | cut -c1-16
}

record_of() {
  printf '%s/server-tests/%s\n' "$(cache_directory)" "${1##*.}"
}

# kept_result CLASS: "run failed skipped seconds date" on this very state, or nothing.
kept_result() {
  [ ! -f "$(record_of "$1")" ] || sed -n "s/^$(class_digest "$1") //p" "$(record_of "$1")"
}

# keep_result CLASS DIRECTORY: what the run just ended with.
keep_result() {
  mkdir -p "$(cache_directory)/server-tests"
  printf '%s %s %s\n' "$(class_digest "$1")" "$(result_of "$2" "$1")" "$(date -u +%F)" >"$(record_of "$1")"
}

# print_table FILE: a row for each class of FILE that has a test; passed, failed, not run on this state.
print_table() {
  while IFS= read -r class; do
    kept=$(kept_result "$class")
    if [ -z "$kept" ]; then
      printf '%-32s not run on this state\n' "${class##*.}"
      continue
    fi
    read -r class_run class_failed _ class_seconds day <<RESULT
$kept
RESULT
    if [ "$class_failed" -gt 0 ]; then
      printf '%-32s FAILED: %s of %s tests, %s, %s\n' "${class##*.}" "$class_failed" "$class_run" "$(clock "$class_seconds")" "$day"
    elif [ "$class_run" -gt 0 ]; then
      printf '%-32s passed: %s tests, %s, %s\n' "${class##*.}" "$class_run" "$(clock "$class_seconds")" "$day"
    fi
  done <"$1"
}
