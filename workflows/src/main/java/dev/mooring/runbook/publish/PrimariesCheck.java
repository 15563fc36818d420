package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
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
 * Which instance is the primary of each content: exactly one takes writes, at the publishing site,
 * and no instance of any other site does. A server of another site that does not answer is no
 * reason to stop publishing; one that answers as a primary is. Where all of a content that were
 * asked refused Mooring's account, or could not read their own state, that is what must be mended,
 * and not a primary be started.
 */
public final class PrimariesCheck {
  private PrimariesCheck() {}

  /** The verdict. */
  public static Verdict<List<Primary>> judge(Cluster cluster, SiteName site, ServersObserved seen) {
    List<Primary> primaries = new ArrayList<>();
    Map<ContentId, List<Primary>> allWritable = writable(cluster, seen);
    for (ContentId content : cluster.contentsAt(site)) {
      List<Primary> writable = allWritable.getOrDefault(content, List.of());
      if (writable.size() > 1) {
        return Verdict.never(
            FailureCode.TWO_PRIMARIES,
            String.format(
                "content %s has %d instances that take writes: %s",
                content, writable.size(), writable.stream().map(p -> p.instance().id()).toList()));
      }
      if (writable.isEmpty() || !writable.get(0).instance().site().equals(site)) {
        return Verdict.never(
            codeOf(cluster, site, content, seen),
            String.format(
                "content %s has no running primary at %s: %s",
                content, site, why(cluster, site, content, seen)));
      }
      primaries.add(writable.get(0));
    }
    return Verdict.proceed(List.copyOf(primaries));
  }

  /** By content; a thousand of them leave no time to look through all for each. */
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

  /**
   * Where all that were asked refused us, or could not read their own state, nothing says that no
   * primary runs, and starting one would mend nothing.
   */
  private static FailureCode codeOf(
      Cluster cluster, SiteName site, ContentId content, ServersObserved seen) {
    List<InstanceId> ours =
        cluster.instancesAt(site).stream()
            .filter(instance -> instance.content().equals(content))
            .map(Instance::id)
            .toList();
    List<FailureCode> codes =
        seen.failures().stream()
            .filter(failure -> ours.contains(failure.instance()))
            .map(InstanceFailure::code)
            .distinct()
            .toList();
    boolean noneAnswered =
        seen.observed().stream().noneMatch(server -> ours.contains(server.instance()));
    return noneAnswered && codes.size() == 1 && isOfOneThatRuns(codes.get(0))
        ? codes.get(0)
        : FailureCode.NO_PRIMARY;
  }

  private static boolean isOfOneThatRuns(FailureCode code) {
    return code == FailureCode.AUTHENTICATION_REFUSED || code == FailureCode.STATE_UNREADABLE;
  }

  private static String why(
      Cluster cluster, SiteName site, ContentId content, ServersObserved seen) {
    List<String> words = new ArrayList<>();
    for (Instance instance : cluster.instancesAt(site)) {
      if (instance.content().equals(content)) {
        words.add(instance.id() + " " + stateOf(instance.id(), seen));
      }
    }
    return String.join(", ", words);
  }

  private static String stateOf(InstanceId id, ServersObserved seen) {
    for (InstanceFailure failure : seen.failures()) {
      if (failure.instance().equals(id)) {
        return "did not answer (" + failure.message() + ")";
      }
    }
    return seen.observed().stream().anyMatch(server -> server.instance().equals(id))
        ? "is in recovery"
        : "was not asked, as a mirror";
  }

  /** The primary of a content, as it was observed. */
  public record Primary(Instance instance, ServerObserved server) {}
}
