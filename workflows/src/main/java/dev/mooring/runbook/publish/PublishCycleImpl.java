package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.DatabaseActivities.WalSwitched;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.publish.PendingPoints.LastPoint;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Promise;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runbook PublishCycle; see {@link PublishCycleWorkflow}. */
public final class PublishCycleImpl extends AnsweringRun implements PublishCycleWorkflow {
  private static final Undo HARMLESS =
      Undo.nothing("a restore point is a record in the WAL whose name is never used again");

  private @Nullable PublishCalls calls;
  private @Nullable PendingPoints leftPending;
  private List<Receipt.ProofRecord> proved = List.of();
  private List<Instance> mirrors = List.of();

  @WorkflowInit
  public PublishCycleImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.PUBLISH_CYCLE, raw, PublishStep.class));
  }

  @Override
  public PublishResult publish(@Nullable RawRequest raw) {
    PublishRequest request = run.bound(() -> PublishRequest.of(raw));
    asked("", request.inWords(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> cycle(request));
  }

  private PublishResult cycle(PublishRequest request) {
    Cluster cluster = run.observe(PublishStep.RESOLVE, context::readCluster);
    PublishPolicy policy = cluster.policies().publish();
    PublishCalls home = home(request, cluster);
    if (request.mode() == Mode.EXECUTE && !context.locked(policy.site(), Duration.ZERO)) {
      return ended("skipped", "the cluster is locked by another run");
    }
    Looked looked = look(cluster, home);
    PublishCalls ports = looked.ports();
    List<Primary> primaries = looked.primaries();
    LastPoint before = looked.before();
    context.planned(request.inWords(), inWords(primaries), List.of());
    PendingPoints left = looked.pending();
    if (request.mode() == Mode.PLAN) {
      left.requireDecodable(before, request.overridesGap());
      return ended("planned", "no check blocks a restore point now");
    }
    leftPending = left;
    Optional<Manifest> last = left.settle(before, primaries);
    left.requireDecodable(before, request.overridesGap());
    checkpoint(ports, policy, primaries);
    PointMade point = makePoint(ports, primaries);
    List<ContentEvidence> contents = switchWal(request, ports, primaries, point);
    Manifest pending = PointManifest.made(cluster, point, contents, primaries);
    run.step(PublishStep.WRITE_PENDING, () -> write(ports, pending), HARMLESS);
    ProveInArchive proving = proving(request, ports, pending, point);
    List<Manifested> shown = proving.awaitArchive(primaries, last, before);
    proving.confirmUnchanged();
    Manifest ready = PointManifest.ready(proving.point(), shown, left.undecodable());
    writeReady(ports, ready, proving.inPlaceOf());
    proved = PublishProof.of(ready);
    degraded.addAll(ready.notProved());
    degraded.addAll(startConsumers(cluster, ports));
    degraded.addAll(run.lateStop());
    return ended(
        "Completed",
        String.format(
            "%s is READY: %s, %s",
            ready.name(), PublishProof.inWords(ready), ready.header().cut().inWords()));
  }

  private ProveInArchive proving(
      PublishRequest request, PublishCalls ports, Manifest pending, PointMade point) {
    return new ProveInArchive(
        context.cluster(),
        ports,
        run,
        pending,
        point.earlier(),
        request.overridesGap(),
        degraded::add);
  }

  private static List<String> inWords(List<Primary> primaries) {
    return primaries.stream().map(PublishCycleImpl::inWords).toList();
  }

  /** From here on the receipt has a place, and names that site. */
  private PublishCalls home(PublishRequest request, Cluster cluster) {
    SiteName site = cluster.policies().publish().site();
    asked(site.value(), request.inWords(), request.by(), request.reason());
    PublishCalls home = new PublishCalls(cluster, site);
    calls = home;
    return home;
  }

  /** What is known before the first act, and the site whose workers are called. */
  private record Looked(
      PublishCalls ports, List<Primary> primaries, LastPoint before, PendingPoints pending) {}

  /** In a streaming cluster the last point is read at the site of the primary. */
  private Looked look(Cluster cluster, PublishCalls home) {
    Optional<Promise<LastRead>> begun =
        cluster.streaming().isPresent()
            ? Optional.empty()
            : Optional.of(home.readingLast(run.call(PublishStep.READ_LAST)));
    List<Primary> primaries = observePrimaries(cluster, home);
    PublishCalls ports = whereThePrimaryStands(cluster, home, primaries);
    Promise<LastRead> reading =
        begun.orElseGet(() -> ports.readingLast(run.call(PublishStep.READ_LAST)));
    observeHosts(ports, primaries);
    PendingPoints pending = new PendingPoints(cluster, ports, run, degraded::add);
    return new Looked(ports, primaries, readLast(reading, primaries, pending), pending);
  }

  /** DR sites go by LATEST, so it is reported if LATEST names another point. */
  private void writeReady(PublishCalls ports, Manifest ready, List<RestorePointName> inPlaceOf) {
    ManifestActivities.ManifestPublished written =
        run.step(
            PublishStep.WRITE_READY,
            () ->
                RunbookRun.untilOutcomeKnown(
                    () -> ports.writeReady(run.call(PublishStep.WRITE_READY), ready, inPlaceOf)),
            Undo.nothing("a READY point stays valid"));
    degraded.addAll(written.lacking());
    degraded.addAll(ready.unproved());
    RestorePointName latest = written.latest();
    if (!latest.equals(ready.name())) {
      degraded.add(
          String.format(
              "LATEST still names %s, which by Temporal's clock was made after %s at %s",
              latest, ready.name(), ready.header().createdAt()));
    }
  }

  private PublishResult ended(String outcome, String headline) {
    Progress end = run.atItsEnd();
    return new PublishResult(outcome, headline, end.point(), degraded, proved, end.steps());
  }

  /** After the members were observed, all calls go to the site of the primary. */
  private PublishCalls whereThePrimaryStands(
      Cluster cluster, PublishCalls home, List<Primary> primaries) {
    if (cluster.streaming().isEmpty()) {
      return home;
    }
    PublishCalls there = new PublishCalls(cluster, primaries.get(0).instance().site());
    calls = there;
    return there;
  }

  private ServersObserved observeServers(Cluster cluster, PublishCalls ports) {
    Call call = run.call(PublishStep.OBSERVE_SERVERS);
    if (cluster.streaming().isEmpty()) {
      return ports.observeServers(call, toBeAsked(cluster, ports));
    }
    MembersLook.Seen seen = new MembersLook(cluster, call).observe();
    calls = new PublishCalls(cluster, seen.answered());
    degraded.addAll(seen.unseen());
    return seen.servers();
  }

  private List<Primary> observePrimaries(Cluster cluster, PublishCalls ports) {
    return run.observe(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          ServersObserved seen = observeServers(cluster, ports);
          List<Primary> primaries = RunContext.refuseUnless(PrimariesCheck.judge(cluster, seen));
          primaries.forEach(primary -> RunContext.refuseUnless(VersionsCheck.supported(primary)));
          primaries.forEach(primary -> RunContext.refuseUnless(ArchivingCheck.judge(primary)));
          primaries.forEach(p -> p.server().hangingCommits().ifPresent(degraded::add));
          return primaries;
        });
  }

  /** In a Greenplum the catalogue names the primaries; mirrors accept no connections. */
  private List<Instance> toBeAsked(Cluster cluster, PublishCalls ports) {
    if (cluster.kind() != ClusterKind.GREENPLUM) {
      return cluster.instances();
    }
    SiteName site = cluster.policies().publish().site();
    CatalogueCheck.Fitting fitting =
        RunContext.refuseUnless(
            CatalogueCheck.judge(
                cluster, site, ports.observeCatalogue(run.call(PublishStep.OBSERVE_SERVERS))));
    degraded.addAll(fitting.notices());
    mirrors = fitting.mirrors();
    List<Instance> asked = new ArrayList<>(fitting.primaries());
    cluster.instances().stream().filter(i -> !i.site().equals(site)).forEach(asked::add);
    return asked;
  }

  private void observeHosts(PublishCalls ports, List<Primary> primaries) {
    run.observe(
        PublishStep.OBSERVE_HOSTS,
        () -> {
          Call call = run.call(PublishStep.OBSERVE_HOSTS);
          Supplier<List<String>> unreported = MirrorsLook.begin(context.cluster(), call, mirrors);
          List<HostObserved> hosts = ports.observeHosts(call, primaries);
          degraded.addAll(unreported.get());
          FanOut.failOn(hosts, HostObserved::failures);
          RunContext.refuseUnless(HostsCheck.judge(primaries, hosts));
          return RunContext.refuseUnless(VersionsCheck.judge(primaries, hosts));
        });
  }

  private LastPoint readLast(
      Promise<LastRead> reading, List<Primary> primaries, PendingPoints pending) {
    return run.observe(
        PublishStep.READ_LAST,
        () -> {
          degraded.addAll(context.oneFileEverywhere());
          LastRead read = reading.get();
          degraded.addAll(read.passedOver());
          Optional<Manifest> last =
              read.answer() instanceof ManifestActivities.Answer.Found found
                  ? Optional.of(
                      RunContext.refuseUnless(IdentityCheck.judge(found.manifest(), primaries)))
                  : Optional.empty();
          last.ifPresent(m -> degraded.addAll(StandbyNamesDrift.since(m, primaries)));
          LastPoint before =
              new LastPoint(
                  last,
                  read.pending(),
                  read.needs(),
                  read.torn().stream().findFirst(),
                  read.suspects());
          pending.look(run.call(PublishStep.READ_LAST), before, primaries);
          return before;
        });
  }

  private void checkpoint(PublishCalls ports, PublishPolicy policy, List<Primary> primaries) {
    if (policy.checkpointBeforePoint() != PublishPolicy.CheckpointBeforePoint.NEVER) {
      run.step(
          PublishStep.CHECKPOINT,
          () ->
              FanOut.untilAnswered(
                  () ->
                      ports.checkpoint(
                          run.call(PublishStep.CHECKPOINT),
                          primaries,
                          policy.checkpointBeforePoint()),
                  Checkpointed::failures),
          Undo.nothing("a checkpoint changes no data"));
    }
  }

  private PointMade makePoint(PublishCalls ports, List<Primary> primaries) {
    PointMade point =
        run.step(
            PublishStep.MAKE_POINT,
            () -> ports.makePoint(run.call(PublishStep.MAKE_POINT), primaries),
            HARMLESS);
    run.about(point.name());
    run.note(PublishStep.MAKE_POINT, point.name() + ", " + held(point));
    if (!point.noMore().isEmpty()) {
      degraded.add(
          String.format(
              "%d of %d points were made: %s",
              point.earlier().size() + 1,
              DatabaseActivities.POINTS_OF_A_GREENPLUM,
              point.noMore()));
    }
    return point;
  }

  private String held(PointMade point) {
    if (!TornPointCheck.concerns(context.cluster())) {
      return point.cut().inWords();
    }
    return String.format(
        "the last of %d points, two-phase commits held for %d ms at most",
        point.earlier().size() + 1, point.cut().spreadMillis());
  }

  private List<ContentEvidence> switchWal(
      PublishRequest request, PublishCalls ports, List<Primary> primaries, PointMade point) {
    boolean wanted =
        switch (request.switchWal()) {
          case ON -> true;
          case OFF -> false;
          case POLICY -> context.cluster().policies().publish().switchWal();
        };
    if (!wanted) {
      return point.contents();
    }
    return run.step(
        PublishStep.SWITCH_WAL,
        () ->
            PublishCalls.withSwitches(
                point.contents(),
                FanOut.untilAnswered(
                    () -> ports.switchWal(run.call(PublishStep.SWITCH_WAL), primaries),
                    WalSwitched::failures)),
        Undo.nothing("an ended WAL file is archived like any other"));
  }

  private ManifestActivities.ManifestWritten write(PublishCalls ports, Manifest pending) {
    return ports.writePending(run.call(PublishStep.WRITE_PENDING), pending);
  }

  private List<String> startConsumers(Cluster cluster, PublishCalls ports) {
    Consumers consumers = new Consumers(cluster, ports);
    if (consumers.none()) {
      return List.of();
    }
    return run.step(
        PublishStep.START_CONSUMERS,
        () -> {
          Consumers.Reported reported = consumers.report();
          run.note(PublishStep.START_CONSUMERS, String.join("; ", reported.reported()));
          return reported.failed();
        },
        Undo.nothing("a consumer of a READY point does no harm"));
  }

  @Override
  protected String writeReceipt(Receipt.Ending ending) {
    PublishCalls ports = calls;
    if (ports == null) {
      return "none: the cluster file names where receipts are kept";
    }
    String written = ports.writeReceipt(run.receiptCall(), receipt(ending));
    return ending.code().isEmpty() ? written : written + olderPoints(ports, ending.code());
  }

  /** With the bad files, and those that were not read: the next runs need not search for them. */
  @Override
  protected List<Receipt.ProofRecord> proofs() {
    return Stream.of(
            proved, leftPending == null ? List.<Receipt.ProofRecord>of() : leftPending.foundBad())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * A point that became READY late is consumed even if this run's point is not READY; only a
   * person's cancellation prevents that.
   */
  private String olderPoints(PublishCalls ports, String code) {
    PendingPoints left = leftPending;
    if (left == null || left.published().isEmpty()) {
      return "";
    }
    String ready = "; " + String.join(", ", left.published()) + " became READY";
    if (code.equals(FailureCode.CANCELLED.name())) {
      return ready;
    }
    String reported = new Consumers(context.cluster(), ports).report().inWords();
    return reported.isEmpty() ? ready : ready + ", " + reported;
  }

  private static String inWords(Primary primary) {
    return String.format(
        "%s: primary of content %s, system %s, timeline %s",
        primary.instance().id(),
        primary.instance().content(),
        primary.server().identity().systemIdentifier(),
        primary.server().position().timeline());
  }
}
