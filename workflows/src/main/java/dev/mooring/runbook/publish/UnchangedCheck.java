package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether every primary that made the point still runs as the same postmaster on the same timeline
 * after its WAL was proved. One that was restarted may have lost the point's record from its own
 * WAL, and one promoted elsewhere left that timeline. Nor may another instance of the content take
 * writes: what that one has done since is on neither the point's timeline nor its way. Of one that
 * does not answer only that is known.
 */
final class UnchangedCheck {
  private UnchangedCheck() {}

  /**
   * @param seen those that answered, of them also instances that made no point
   */
  static Verdict<List<ContentEvidence>> judge(
      Cluster cluster, List<ContentEvidence> contents, ServersObserved seen) {
    for (ContentEvidence content : contents) {
      Optional<ServerObserved> server =
          seen.observed().stream()
              .filter(s -> s.instance().equals(content.owner().instance()))
              .findFirst();
      if (server.isEmpty()) {
        return silent(content, seen);
      }
      ServerObserved now = server.get();
      if (!now.identity().startedAt().equals(content.owner().startedAt())) {
        return changed(
            content,
            "was restarted at "
                + now.identity().startedAt()
                + " (the point was made by the one started at "
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
      Optional<ServerObserved> other = otherPrimary(cluster, content, seen);
      if (other.isPresent()) {
        return two(content, other.get());
      }
    }
    return Verdict.proceed(contents);
  }

  private static Verdict<List<ContentEvidence>> two(ContentEvidence content, ServerObserved other) {
    return Verdict.never(
        FailureCode.TWO_PRIMARIES,
        String.format(
            "content %s: %s takes writes on timeline %s, beside %s that made the point",
            content.target().content(),
            other.instance(),
            other.position().timeline(),
            content.owner().instance()));
  }

  private static Optional<ServerObserved> otherPrimary(
      Cluster cluster, ContentEvidence content, ServersObserved seen) {
    ContentId of = content.target().content();
    List<Instance> others =
        cluster.publishing().stream()
            .filter(i -> i.content().equals(of) && !i.id().equals(content.owner().instance()))
            .toList();
    return seen.observed().stream()
        .filter(server -> !server.position().inRecovery())
        .filter(server -> others.stream().anyMatch(i -> i.id().equals(server.instance())))
        .findFirst();
  }

  /** Nothing is known of it, least of all that it was restarted. */
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
