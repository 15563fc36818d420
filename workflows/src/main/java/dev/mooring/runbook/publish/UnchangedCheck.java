package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether every primary that created the point is still the same postmaster on the same timeline
 * after its WAL was proved. A restarted primary may have lost the point's record from its WAL;
 * after a promotion elsewhere the timeline is another one. Nor may another instance of the content
 * accept writes, because its WAL is not on the point's timeline. An instance that does not answer
 * is reported only as that.
 */
final class UnchangedCheck {
  private UnchangedCheck() {}

  /**
   * @param seen the servers that answered, including instances that created no point
   */
  static Verdict<List<ContentEvidence>> judge(
      Cluster cluster, List<ContentEvidence> contents, ServersObserved seen) {
    Map<InstanceId, ServerObserved> servers = new LinkedHashMap<>();
    seen.observed().forEach(server -> servers.putIfAbsent(server.instance(), server));
    Map<ContentId, List<ServerObserved>> writers = writers(cluster, servers);
    for (ContentEvidence content : contents) {
      ServerObserved now = servers.get(content.owner().instance());
      if (now == null) {
        return silent(content, seen);
      }
      if (!now.identity().startedAt().equals(content.owner().startedAt())) {
        return changed(
            content,
            "was restarted at "
                + now.identity().startedAt()
                + " (the point was made by the server started at "
                + content.owner().startedAt()
                + ")");
      }
      if (now.position().inRecovery()) {
        return changed(content, "is in recovery now");
      }
      if (!now.position().timeline().equals(content.target().timeline())) {
        return changed(
            content,
            "left timeline " + content.target().timeline() + " for " + now.position().timeline());
      }
      Optional<ServerObserved> other =
          writers.getOrDefault(content.target().content(), List.of()).stream()
              .filter(server -> !server.instance().equals(content.owner().instance()))
              .findFirst();
      if (other.isPresent()) {
        return two(content, other.get());
      }
    }
    return Verdict.proceed(contents);
  }

  private static Verdict<List<ContentEvidence>> two(ContentEvidence content, ServerObserved other) {
    return OneWriter.two(
        String.format(
            "content %s: %s accepts writes on timeline %s, beside %s that made the point",
            content.target().content(),
            other.instance(),
            other.position().timeline(),
            content.owner().instance()));
  }

  /** The servers that accept writes, by content. */
  private static Map<ContentId, List<ServerObserved>> writers(
      Cluster cluster, Map<InstanceId, ServerObserved> servers) {
    Map<ContentId, List<ServerObserved>> writers = new LinkedHashMap<>();
    for (Instance instance : cluster.publishing()) {
      ServerObserved server = servers.get(instance.id());
      if (server != null && !server.position().inRecovery()) {
        writers.computeIfAbsent(instance.content(), of -> new ArrayList<>()).add(server);
      }
    }
    return writers;
  }

  /** Nothing is known of a silent server, least of all that it was restarted. */
  private static Verdict<List<ContentEvidence>> silent(
      ContentEvidence content, ServersObserved seen) {
    InstanceId instance = content.owner().instance();
    return seen.failures().stream()
        .filter(failure -> failure.instance().equals(instance))
        .findFirst()
        .map(
            failure ->
                Verdict.<List<ContentEvidence>>never(
                    failure.code(), instance + " no longer answers: " + failure.message()))
        .orElseGet(
            () ->
                Verdict.never(
                    FailureCode.RESTARTED_MEANWHILE,
                    instance
                        + ", which made the point, is not the primary any more: "
                        + seen.observed().stream()
                            .filter(server -> !server.position().inRecovery())
                            .map(server -> server.instance().value())
                            .collect(Collectors.joining(", "))));
  }

  private static Verdict<List<ContentEvidence>> changed(ContentEvidence content, String how) {
    return Verdict.never(FailureCode.RESTARTED_MEANWHILE, content.owner().instance() + " " + how);
  }
}
