package dev.mooring.activities.instance;

import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings on the command line of a start towards a target, where no file overrides them: they
 * make its log readable as the log of this one start.
 */
final class StartOptions {
  /**
   * All messages of a server go to its standard error, not to a collector: a Greenplum's collector
   * writes into the data directory whatever the value of {@code log_directory}. Without one, a
   * Greenplum's messages have PostgreSQL's form too.
   */
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

  /**
   * A Greenplum's server wants to know its role. Recovery is the same in each; utility keeps a
   * coordinator from looking for its segments.
   */
  private static final List<String> COORDINATOR = List.of("gp_role=utility");

  private static final List<String> SEGMENT = List.of("gp_role=execute");

  private StartOptions() {}

  /** For {@code pg_ctl -o}, which hands them to a shell. */
  static String of(Instance instance) {
    return Stream.of(own(instance), LOG, List.of("port=" + instance.port()))
        .flatMap(List::stream)
        .map(setting -> "-c " + ShellWord.quote(setting))
        .collect(Collectors.joining(" "));
  }

  private static List<String> own(Instance instance) {
    if (!instance.manager().isGreenplum()) {
      return List.of();
    }
    return instance.content().equals(ContentId.COORDINATOR) ? COORDINATOR : SEGMENT;
  }
}
