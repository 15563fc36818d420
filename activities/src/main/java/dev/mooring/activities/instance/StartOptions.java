package dev.mooring.activities.instance;

import dev.mooring.activities.host.ShellWord;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings a start towards a target is given on the command line, where no file overrides them:
 * what makes its log readable as the log of this one start.
 */
final class StartOptions {
  private static final List<String> LOG =
      List.of(
          "logging_collector=off",
          "log_destination=stderr",
          "log_min_messages=warning",
          "log_error_verbosity=default",
          "log_line_prefix=%m [%p] ",
          "log_timezone=UTC",
          "timezone=UTC",
          "lc_messages=C");

  private StartOptions() {}

  /** For {@code pg_ctl -o}, which hands them to a shell. */
  static String of(Instance instance) {
    return Stream.concat(LOG.stream(), Stream.of("port=" + instance.port()))
        .map(setting -> "-c " + ShellWord.quote(setting))
        .collect(Collectors.joining(" "));
  }
}
