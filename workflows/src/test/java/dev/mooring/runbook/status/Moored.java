package dev.mooring.runbook.status;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.status.StatusFacts.ObservedSite;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The cluster of the tests when all is well, 42 s after its point was made. */
public final class Moored {
  /** The cluster. */
  public static final Cluster CLUSTER = Harbour.cluster(2);

  static final Instant NOW = ObservedInstances.MADE.plusSeconds(42);
  static final RestorePointName NEWER = new RestorePointName("sync_point_20261120_080500_bb");
  static final RestorePointName NEWEST = new RestorePointName("sync_point_20261120_081000_cc");

  private Moored() {}

  /** What ClusterStatus answers, with these receipts. */
  public static StatusResult result(List<ReceiptSeen> receipts) {
    return StatusJudge.judge(at(NOW, evidence(0, receipts), service(List.of(), false)));
  }

  static StatusFacts facts() {
    return at(NOW, evidence(0), service(List.of(), false));
  }

  static StatusFacts at(Instant now, EvidenceObserved evidence, Observed<ServiceObserved> service) {
    return new StatusFacts(
        CLUSTER,
        now,
        seenAlike(new Observed.Seen<>(evidence)),
        CLUSTER.instances().stream().map(Moored::seen).toList(),
        service,
        Optional.empty());
  }

  static List<ObservedSite> seenAlike(Observed<EvidenceObserved> evidence) {
    return List.of(
        new ObservedSite(Harbour.EAST, evidence), new ObservedSite(Harbour.WEST, evidence));
  }

  static EvidenceObserved evidence(long behind) {
    return evidence(behind, List.of());
  }

  private static EvidenceObserved evidence(long behind, List<ReceiptSeen> receipts) {
    return evidence(known(behind), new Shelved(ObservedInstances.POINT, Stage.PUBLISHED), receipts);
  }

  static StateSeen.Known known(long behind) {
    return new StateSeen.Known(state(), new PointSeen.Made(ObservedInstances.MADE), behind);
  }

  static EvidenceObserved evidence(StateSeen west, Shelved newest, List<ReceiptSeen> receipts) {
    Manifest.Header header = ObservedInstances.manifest(CLUSTER).header();
    return new EvidenceObserved(
        new LatestSeen.Ready(header, List.of(), List.of()),
        List.of(newest),
        List.of(),
        List.of(new SiteSeen(Harbour.WEST, west)),
        receipts,
        new LastRuns(List.of(), List.of(), 0));
  }

  static EvidenceObserved withState(StateSeen west) {
    return evidence(west, new Shelved(ObservedInstances.POINT, Stage.PUBLISHED), List.of());
  }

  static Observed<ServiceObserved> service(List<String> openIds, boolean paused) {
    List<OpenRun> open =
        openIds.stream()
            .map(
                id ->
                    new OpenRun(
                        id,
                        id.contains("consume") ? "DrConsume" : "PublishCycle",
                        NOW.minusSeconds(5),
                        "AWAIT_PARKED"))
            .toList();
    ScheduleStanding schedule =
        new ScheduleStanding(
            "mooring:harbour:publish",
            Duration.ofMinutes(5),
            paused,
            paused ? "night work" : "",
            paused ? List.of() : List.of(NOW.plusSeconds(100)));
    return new Observed.Seen<>(new ServiceObserved(open, List.of(schedule)));
  }

  /** An instance as all is well. */
  public static InstanceFacts seen(Instance instance) {
    boolean east = instance.site().equals(Harbour.EAST);
    return new InstanceFacts(
        instance,
        new Observed.Seen<>(
            east ? ObservedInstances.primary(instance) : ObservedInstances.standby(instance)),
        east
            ? new Observed.Seen<>(ObservedInstances.server(instance))
            : new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "connection refused"),
        Epoch.NONE);
  }

  /** An instance that shows nothing. */
  public static InstanceFacts dark(Instance instance) {
    return new InstanceFacts(
        instance,
        new Observed.Unseen<>(
            FailureCode.HOST_UNREACHABLE, "host " + instance.host() + " does not answer"),
        new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "connection refused"),
        Epoch.NONE);
  }

  /** The instance, started by somebody since it was proved. */
  static InstanceFacts touched(Instance instance) {
    return touched(instance, ObservedInstances.standby(instance).control());
  }

  /** The same, and its control file shows it. */
  static InstanceFacts touched(Instance instance, ControlData control) {
    InstanceObserved before = ObservedInstances.standby(instance);
    return new InstanceFacts(
        instance,
        new Observed.Seen<>(
            new InstanceObserved(
                before.instance(),
                before.process(),
                new InstanceObserved.ControlFile(control, "cd".repeat(32)),
                before.recovery(),
                before.software(),
                before.pgWalFreeBytes(),
                before.missing())),
        new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "connection refused"),
        Epoch.NONE);
  }

  /** All is well, but for one instance. */
  static StatusFacts with(String id, UnaryOperator<InstanceFacts> change) {
    StatusFacts facts = facts();
    return withInstances(
        facts,
        facts.instances().stream()
            .map(one -> one.instance().id().value().equals(id) ? change.apply(one) : one)
            .toList());
  }

  static StatusFacts withInstances(StatusFacts facts, List<InstanceFacts> instances) {
    return new StatusFacts(
        facts.cluster(), facts.now(), facts.sites(), instances, facts.service(), Optional.empty());
  }

  static SiteState state() {
    return new SiteState(
        CLUSTER.name(),
        Harbour.WEST,
        ObservedInstances.POINT,
        ObservedInstances.MADE.plusSeconds(10),
        "run",
        CLUSTER.instancesAt(Harbour.WEST).stream()
            .map(
                i ->
                    new SiteState.ParkedInstance(
                        i.id(),
                        i.content(),
                        TimelineId.FIRST,
                        new SiteState.ControlFile(ObservedInstances.AT, "ab".repeat(32)),
                        "",
                        ""))
            .toList());
  }
}
