package dev.mooring.runbook.replication;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

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
        wanted.instances().stream()
            .flatMap(id -> cluster.members().stream().filter(i -> i.id().equals(id)))
            .flatMap(
                i -> i.equals(primary) ? standIn(cluster, wanted, primary, before) : Stream.of(i))
            .distinct()
            .toList();
    List<Instance> there = named.stream().filter(streaming::contains).toList();
    return new SynchronousNames(
        value(wanted, there.size() >= wanted.number() || there.isEmpty() ? there : named), commit);
  }

  /** For one that was moved to and is the primary now: the one that it was moved from. */
  private static Stream<Instance> standIn(
      Cluster cluster, Synchronous wanted, Instance primary, String before) {
    return cluster.members().stream()
        .filter(i -> !i.equals(primary) && !wanted.instances().contains(i.id()))
        .filter(i -> !i.upstream().equals(Instance.ARCHIVE))
        .sorted(Comparator.comparing(i -> !before.contains(i.replicationName())))
        .limit(1);
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
