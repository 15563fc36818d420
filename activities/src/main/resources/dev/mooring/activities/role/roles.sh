# What a host shows of who may write there.

observe_role() { # data directory, program directory, content, path of the guard
  of_instance "$1" "$2"
  process_state "$data"
  tell process "$state"
  read_control
  tell control "$control
"
  for signal in standby recovery; do
    [ ! -e "$data/$signal.signal" ] || tell "${signal}_signal" ''
  done
  read_fence
  tell fenced "$fenced"
  [ ! -x "$4" ] && ! command -v mooring-guard >/dev/null || tell guarded ''
  read_authority "$3"
  tell writer "$seen_writer"
  tell writer_epoch "$seen_writer_epoch"
  tell writer_run "$seen_writer_run"
}
