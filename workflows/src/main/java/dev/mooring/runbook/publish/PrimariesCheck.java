package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which instance is the primary of each content: exactly one accepts writes, at the publishing site
 * or among the members of a streaming cluster, and no other instance does. A server of another site
 * that does not answer does not stop a publish; one that answers as a primary does. If all
 * instances of a content refused Mooring's account, or could not read their own state, that is
 * reported instead of a missing primary.
 */
public final class PrimariesCheck {
  private PrimariesCheck() {}

  /** Judges the servers that were observed. */
  public static Verdict<List<Primary>> judge(Cluster cluster, ServersObserved seen) {
    SiteName site = cluster.policies().publish().site();
    List<Instance> publishing = cluster.publishing();
    List<Primary> primaries = new ArrayList<>();
    Map<ContentId, List<Primary>> allWritable = writable(cluster, seen);
    for (ContentId content : cluster.contentsAt(site)) {
      List<Primary> writable = allWritable.getOrDefault(content, List.of());
      if (writable.size() > 1) {
        return OneWriter.two(
            String.format(
                "content %s has %d instances that accept writes: %s",
                content, writable.size(), writable.stream().map(p -> p.instance().id()).toList()));
      }
      if (writable.isEmpty() || !publishing.contains(writable.get(0).instance())) {
        List<Instance> asked =
            publishing.stream().filter(instance -> instance.content().equals(content)).toList();
        return withoutOne(cluster, content, asked, seen);
      }
      primaries.add(writable.get(0));
    }
    return Verdict.proceed(List.copyOf(primaries));
  }

  /** By content: with a thousand contents one search for each takes too long. */
  private static Map<ContentId, List<Primary>> writable(Cluster cluster, ServersObserved seen) {
    Map<InstanceId, Instance> instances = new LinkedHashMap<>();
    cluster.instances().forEach(instance -> instances.put(instance.id(), instance));
    Map<ContentId, List<Primary>> writable = new LinkedHashMap<>();
    for (ServerObserved server : seen.observed()) {
      Instance instance = instances.get(server.instance());
      if (instance == null) {
        throw new IllegalStateException(server.instance() + " is not in the cluster file");
      }
      if (!server.position().inRecovery()) {
        writable
            .computeIfAbsent(instance.content(), unused -> new ArrayList<>())
            .add(new Primary(instance, server));
      }
    }
    return writable;
  }

  /** A server that refused the login may be the primary. */
  private static Verdict<List<Primary>> withoutOne(
      Cluster cluster, ContentId content, List<Instance> asked, ServersObserved seen) {
    List<InstanceId> ours = asked.stream().map(Instance::id).toList();
    List<InstanceFailure> silent =
        seen.failures().stream().filter(failure -> ours.contains(failure.instance())).toList();
    FailureCode code =
        OneWriter.codeOfNone(
            seen.observed().stream().noneMatch(server -> ours.contains(server.instance())), silent);
    return Verdict.never(
        code,
        code == FailureCode.AUTHENTICATION_REFUSED
            ? OneWriter.refusedEverywhere(silent)
            : String.format(
                "content %s has no running primary %s: %s",
                content,
                cluster.streaming().isEmpty()
                    ? "at " + cluster.policies().publish().site()
                    : "among the members",
                why(asked, seen)));
  }

  private static String why(List<Instance> asked, ServersObserved seen) {
    return String.join(
        ", ",
        asked.stream().map(instance -> instance.id() + " " + stateOf(instance, seen)).toList());
  }

  private static String stateOf(Instance instance, ServersObserved seen) {
    InstanceId id = instance.id();
    for (InstanceFailure failure : seen.failures()) {
      if (failure.instance().equals(id)) {
        return "did not answer (" + failure.message() + ")";
      }
    }
    if (seen.observed().stream().anyMatch(server -> server.instance().equals(id))) {
      return "is in recovery";
    }
    // only a Greenplum's catalogue names mirrors
    return instance.manager().isGreenplum() ? "was not asked, as a mirror" : "was not observed";
  }

  /** The primary of a content, as observed. */
  public record Primary(Instance instance, ServerObserved server) {}
}
