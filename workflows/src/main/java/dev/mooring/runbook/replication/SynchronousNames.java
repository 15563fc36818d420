package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who commits are to wait for: of the standbys that the cluster file names those that stream, so
 * that only a standby that was observed confirms a commit. While fewer stream than must confirm,
 * all that are named stay, and while none does any standby may confirm: commits wait then, and are
 * never silently asynchronous. If the file names no standby, an administrator's own value stays.
 *
 * @param names value of synchronous_standby_names
 * @param commit value of synchronous_commit; empty where it is left
 */
record SynchronousNames(String names, String commit) {
  private static final String ANYBODY = "*";

  /** PostgreSQL's page on synchronous_standby_names: a number of a list, or a list alone. */
  private static final Pattern COUNTED =
      Pattern.compile(
          "\\s*(?:(ANY|FIRST)\\s+)?(\\d{1,4})\\s*\\((.*)\\)\\s*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern NAME = Pattern.compile("\"(?:[^\"]|\"\")*\"|[^,\\s]+");

  /**
   * @param before value of synchronous_standby_names on the primary
   * @param streaming standbys that stream when it takes effect
   */
  static SynchronousNames of(
      Cluster cluster, Instance primary, String before, Collection<Instance> streaming) {
    String commit =
        cluster.streaming().orElseThrow().replication().commit().name().toLowerCase(Locale.ROOT);
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    if (wanted.method() == Synchronous.Method.NONE) {
      return new SynchronousNames(before, commit);
    }
    List<Instance> named = SynchronousSeats.of(cluster, primary, before);
    List<Instance> there = named.stream().filter(streaming::contains).toList();
    return new SynchronousNames(
        value(wanted, there.size() >= wanted.number() || there.isEmpty() ? there : named), commit);
  }

  /** As that member has them now: synchronous_commit as Mooring's own session has it. */
  static SynchronousNames on(MemberObserved member) {
    return new SynchronousNames(
        member.setting("synchronous_standby_names").orElse(""),
        member.setting("synchronous_commit").orElse(""));
  }

  /**
   * The same without some standbys, also if a person wrote it: no commit waits for one that is
   * gone. Where fewer are left than must confirm, all of them must; if none is left no commit
   * waits.
   *
   * @param gone names of those that go
   * @param others whether any other standby streams, which {@code *} could stand for
   */
  SynchronousNames without(Collection<String> gone, boolean others) {
    Matcher counted = COUNTED.matcher(names);
    boolean counts = counted.matches();
    List<String> all =
        NAME.matcher(counts ? counted.group(3) : names).results().map(MatchResult::group).toList();
    List<String> left =
        all.stream()
            .filter(name -> gone.stream().noneMatch(unquoted(name)::equalsIgnoreCase))
            .toList();
    boolean nobody = left.isEmpty() || (!others && left.stream().allMatch(ANYBODY::equals));
    if (nobody) {
      return new SynchronousNames("", commit);
    }
    if (left.equals(all)) {
      return this;
    }
    String list = String.join(", ", left);
    if (!counts) {
      return new SynchronousNames(list, commit);
    }
    int number = Integer.parseInt(counted.group(2));
    int needed = left.contains(ANYBODY) ? number : Math.min(number, left.size());
    String method = counted.group(1) == null ? "" : counted.group(1) + " ";
    return new SynchronousNames(method + needed + " (" + list + ")", commit);
  }

  private static String unquoted(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  private static String value(Synchronous wanted, List<Instance> standbys) {
    if (standbys.isEmpty() && wanted.number() == 1) {
      return ANYBODY;
    }
    List<String> names = standbys.stream().map(Instance::replicationName).toList();
    return String.format(
        "%s %d (%s)",
        wanted.method(), wanted.number(), names.isEmpty() ? ANYBODY : String.join(", ", names));
  }

  /** As a plan shows it. */
  String inWords() {
    return "synchronous_standby_names = '"
        + names
        + "'"
        + (commit.isEmpty() ? "" : ", synchronous_commit = " + commit);
  }
}
