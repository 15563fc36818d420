package dev.mooring.runbook.replication;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Who commits are to wait for: of the standbys that the cluster file names those that stream, so
 * that whoever confirmed a commit is one that was seen. While fewer stream than must confirm, all
 * that are named stay, and while none does anybody may confirm: commits wait then, and are never
 * silently asynchronous. Where the file names nobody, an administrator's own value stays.
 *
 * @param names value of synchronous_standby_names
 * @param commit value of synchronous_commit
 */
record SynchronousNames(String names, String commit) {
  private static final String ANYBODY = "*";

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
    List<Instance> named =
        SynchronousSeats.of(
            cluster, primary, standby -> before.contains(standby.replicationName()));
    List<Instance> there = named.stream().filter(streaming::contains).toList();
    return new SynchronousNames(
        value(wanted, there.size() >= wanted.number() || there.isEmpty() ? there : named), commit);
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

  /** As a plan tells it. */
  String inWords() {
    return String.format(
        "synchronous_standby_names = '%s', synchronous_commit = %s", names, commit);
  }
}
