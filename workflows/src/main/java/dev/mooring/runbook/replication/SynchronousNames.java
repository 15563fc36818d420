package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.quoting.StandbyList;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

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
  private static final String ANYBODY = StandbyList.ANYBODY;

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
        value(cluster, there.size() >= wanted.number() || there.isEmpty() ? there : named), commit);
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
    StandbyList list = StandbyList.of(names);
    List<String> left =
        list.names().stream()
            .filter(name -> gone.stream().noneMatch(name::equalsIgnoreCase))
            .toList();
    boolean nobody = left.isEmpty() || (!others && left.stream().allMatch(ANYBODY::equals));
    if (nobody) {
      return new SynchronousNames("", commit);
    }
    if (left.equals(list.names())) {
      return this;
    }
    int needed = left.contains(ANYBODY) ? list.number() : Math.min(list.number(), left.size());
    return new SynchronousNames(new StandbyList(list.method(), needed, left).toString(), commit);
  }

  private static String value(Cluster cluster, List<Instance> standbys) {
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    if (standbys.isEmpty() && wanted.number() == 1) {
      return ANYBODY;
    }
    List<String> names = standbys.stream().map(cluster::applicationName).toList();
    return new StandbyList(
            wanted.method().toString(), wanted.number(), names.isEmpty() ? List.of(ANYBODY) : names)
        .toString();
  }

  /** As a plan shows it. */
  String inWords() {
    return "synchronous_standby_names = '"
        + names
        + "'"
        + (commit.isEmpty() ? "" : ", synchronous_commit = " + commit);
  }
}
