# Kills the SSH server's process for this session, as a host does that is cut off.
end_session() {
  kill -9 "$PPID"
  sleep 5
}

say_answer() {
  on_the_way "$subject" word
  report answer "$(head -n 1 <&5)"
}

say_host_name() {
  report host_name "$(uname -n)"
}

say_session() {
  report session "$PPID"
}
