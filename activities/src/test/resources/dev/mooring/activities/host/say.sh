# What the tests of the shell let a host do.
say_all() {
  number=0
  for argument in "$@"; do
    number=$((number + 1))
    report "argument$number" "$argument"
  done
}

say_variable() { # name
  report "$1" "$(printenv "$1")"
}

read_standard_input() {
  report input "$(cat)"
}

say_on_the_way() {
  on_the_way "$1" "first of $2"
  report said "$2"
}

never_end() {
  on_the_way "$1" "$$"
  sleep 60
}

end_at_once() {
  kill -9 $$
}

end_alone() {
  sh -c 'kill -9 "$PPID"'
}

fail_with() {
  printf 'why it failed\n' >&2
  exit "$1"
}

refuse_with() {
  refuse "$1" "$2"
}

claim_and_look() { # file, who
  printf '%s in\n' "$2" >>"$1"
  sleep 0.2
  printf '%s out\n' "$2" >>"$1"
}

# Waits until so many have begun, then says how many of them have not ended.
meet() { # directory, who, how many
  : >"$1/$2.begun"
  tries=0
  set -- "$@" "$1"/*.begun
  while [ $(($# - 3)) -lt "$3" ] && [ "$tries" -lt 500 ]; do
    sleep 0.02
    tries=$((tries + 1))
    set -- "$1" "$2" "$3" "$1"/*.begun
  done
  begun=$(($# - 3))
  ended=$(find "$1" -name '*.ended' | wc -l)
  report under_way "$((begun - ended))"
  sleep 0.2
  : >"$1/$2.ended"
}

say_environment() {
  report environment "$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p')"
}

say_answer() {
  on_the_way "$subject" word
  report answer "$(head -n 1 <&5)"
}

say_long() { # bytes
  frame long
  head -c "$1" /dev/zero | tr '\0' x
}

# Says a thousand digits at a time, and goes on once they were heard.
say_one_by_one() { # subject, times, directory
  times=$2
  while [ "$times" -gt 0 ]; do
    on_the_way "$1" "$(printf '%01000d' "$times")"
    until [ -e "$3/heard-$times" ]; do
      sleep 0.01
    done
    times=$((times - 1))
  done
}
