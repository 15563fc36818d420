package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.PendingPoints.LastPoint;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Promise;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The runbook PublishCycle; see {@link PublishCycleWorkflow}. */
public final class PublishCycleImpl implements PublishCycleWorkflow {
  private static final Undo HARMLESS =
      Undo.nothing("a restore point is a record in the WAL whose name is never used again");
  private static final Duration LOOK_AT_ARCHIVERS_EVERY = Duration.ofSeconds(5);

  private final RunContext<PublishStep> context;
  private final RunbookRun<PublishStep> run;
  private @Nullable PublishCalls calls;
  private @Nullable PendingPoints leftPending;
  private List<Receipt.ProofRecord> proved = List.of();
  private List<String> uncompared = List.of();

  @WorkflowInit
  public PublishCycleImpl(@Nullable RawRequest raw) {
    context = new RunContext<>("PublishCycle", raw, PublishStep.class);
    run = context.run();
  }

  @Override
  public PublishResult publish(@Nullable RawRequest raw) {
    PublishRequest request = PublishRequest.of(raw);
    return run.toTheEnd(
        () -> cycle(request), PublishResult::headline, ending -> writeReceipt(request, ending));
  }

  private PublishResult cycle(PublishRequest request) {
    Cluster cluster = run.observe(PublishStep.RESOLVE, context::readCluster);
    PublishCalls ports = new PublishCalls(cluster);
    calls = ports;
    PublishPolicy policy = cluster.policies().publish();
    if (request.mode() == Mode.EXECUTE && !context.locked(policy.site(), Duration.ZERO)) {
      return ended("skipped", "the cluster is locked by another run", List.of());
    }
    Promise<LastRead> reading = ports.readingLast(run.call(PublishStep.READ_LAST));
    List<Primary> primaries = observePrimaries(cluster, ports);
    observeHosts(ports, primaries);
    LastPoint before = readLast(reading, primaries);
    context.planned(
        request.inWords(), primaries.stream().map(PublishCycleImpl::inWords).toList(), List.of());
    if (request.mode() == Mode.PLAN) {
      return ended("planned", "nothing stands against a restore point now", List.of());
    }
    PendingPoints left = new PendingPoints(cluster, ports, run);
    leftPending = left;
    Optional<Manifest> last = left.settle(before, primaries);
    checkpoint(ports, policy, primaries);
    PointMade point = makePoint(ports, primaries);
    List<ContentEvidence> contents = switchWal(request, ports, primaries, point);
    Manifest pending = PointManifest.made(cluster, point, contents, primaries);
    run.step(PublishStep.WRITE_PENDING, () -> write(ports, pending), HARMLESS);
    List<ContentProof> proofs = awaitArchive(ports, primaries, pending, last);
    confirmUnchanged(cluster, ports, pending);
    Manifest ready = PointManifest.ready(pending, proofs);
    run.step(
        PublishStep.WRITE_READY,
        () -> ports.writeReady(run.call(PublishStep.WRITE_READY), ready),
        Undo.nothing("a READY point stays true whatever follows"));
    proved = PublishProof.of(ready);
    return ended(
        "Completed",
        String.format(
            "%s is READY: %d contents proved, %s",
            ready.name(), proofs.size(), point.cut().inWords()),
        startConsumers(cluster, ports));
  }

  private PublishResult ended(String outcome, String headline, List<String> degraded) {
    List<String> all = new ArrayList<>(uncompared);
    all.addAll(degraded);
    Progress end = run.progress();
    return new PublishResult(outcome, headline, end.point(), all, proved, end.steps());
  }

  private List<Primary> observePrimaries(Cluster cluster, PublishCalls ports) {
    return run.observe(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          ServersObserved seen =
              ports.observeServers(run.call(PublishStep.OBSERVE_SERVERS), cluster.instances());
          List<Primary> primaries =
              RunContext.orRefuse(
                  PrimariesCheck.judge(cluster, cluster.policies().publish().site(), seen));
          primaries.forEach(primary -> RunContext.orRefuse(VersionsCheck.supported(primary)));
          primaries.forEach(primary -> RunContext.orRefuse(ArchivingCheck.judge(primary)));
          return primaries;
        });
  }

  private void observeHosts(PublishCalls ports, List<Primary> primaries) {
    run.observe(
        PublishStep.OBSERVE_HOSTS,
        () -> {
          List<HostObserved> hosts =
              ports.observeHosts(run.call(PublishStep.OBSERVE_HOSTS), primaries);
          hosts.forEach(host -> FanOut.failOn(host.failures()));
          RunContext.orRefuse(HostsCheck.judge(primaries, hosts));
          return RunContext.orRefuse(VersionsCheck.judge(primaries, hosts));
        });
  }

  private LastPoint readLast(Promise<LastRead> reading, List<Primary> primaries) {
    return run.observe(
        PublishStep.READ_LAST,
        () -> {
          uncompared = context.oneFileEverywhere();
          LastRead read = reading.get();
          run.note(PublishStep.READ_LAST, String.join("; ", read.passedOver()));
          return read.answer() instanceof ManifestActivities.Answer.Found found
              ? new LastPoint(
                  Optional.of(
                      RunContext.orRefuse(IdentityCheck.judge(found.manifest(), primaries))),
                  read.pending())
              : new LastPoint(Optional.empty(), read.pending());
        });
  }

  private void checkpoint(PublishCalls ports, PublishPolicy policy, List<Primary> primaries) {
    if (policy.checkpointBeforePoint() != PublishPolicy.CheckpointBeforePoint.NEVER) {
      run.step(
          PublishStep.CHECKPOINT,
          () -> {
            var done =
                ports.checkpoint(
                    run.call(PublishStep.CHECKPOINT), primaries, policy.checkpointBeforePoint());
            FanOut.failOn(done.failures());
            return done;
          },
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
    run.note(PublishStep.MAKE_POINT, point.name() + ", " + point.cut().inWords());
    return point;
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
        () -> {
          var switched = ports.switchWal(run.call(PublishStep.SWITCH_WAL), primaries);
          FanOut.failOn(switched.failures());
          return PublishCalls.withSwitches(point.contents(), switched);
        },
        Undo.nothing("an ended WAL file is archived like any other"));
  }

  private ManifestActivities.ManifestWritten write(PublishCalls ports, Manifest pending) {
    return ports.writePending(run.call(PublishStep.WRITE_PENDING), pending);
  }

  private List<ContentProof> awaitArchive(
      PublishCalls ports, List<Primary> primaries, Manifest pending, Optional<Manifest> last) {
    return run.observe(
        PublishStep.AWAIT_ARCHIVE,
        () -> {
          List<WantedPoint> wanted =
              ArchiveWaiting.wanted(context.cluster(), pending.name(), pending.contents(), last);
          Instant giveUp =
              RunbookRun.now().plus(context.cluster().policies().publish().archive().atMost());
          while (true) {
            Duration left = Duration.between(RunbookRun.now(), giveUp);
            Duration slice =
                left.compareTo(LOOK_AT_ARCHIVERS_EVERY) < 0 ? left : LOOK_AT_ARCHIVERS_EVERY;
            List<PointsArchived> seen =
                ports.awaitArchived(run.call(PublishStep.AWAIT_ARCHIVE), primaries, wanted, slice);
            Verdict<List<ContentProof>> verdict =
                ArchiveWaiting.judge(pending.name(), pending.contents(), seen);
            if (verdict instanceof Verdict.Proceed<List<ContentProof>> proved) {
              return proved.conclusion();
            }
            List<String> reasons =
                reasons(
                    ports,
                    primaries,
                    ArchiveWaiting.reasons(pending.name(), pending.contents(), seen));
            run.note(PublishStep.AWAIT_ARCHIVE, String.join("; ", reasons));
            if (verdict instanceof Verdict.Never || !RunbookRun.now().isBefore(giveUp)) {
              throw notReady(ports, pending, reasons);
            }
          }
        });
  }

  private List<String> reasons(PublishCalls ports, List<Primary> primaries, List<String> contents) {
    List<String> reasons = new ArrayList<>(contents);
    ServersObserved now =
        ports.observeServers(
            run.call(PublishStep.AWAIT_ARCHIVE),
            primaries.stream().map(Primary::instance).toList());
    String archivers = ArchiveWaiting.archiversInWords(primaries, now);
    if (!archivers.isEmpty()) {
      reasons.add(archivers);
    }
    return reasons;
  }

  private RunbookStop notReady(PublishCalls ports, Manifest pending, List<String> reasons) {
    ports.writePending(
        run.call(PublishStep.AWAIT_ARCHIVE), PointManifest.notReady(pending, reasons));
    return RunbookStop.failed(
        FailureCode.ARCHIVE_NOT_PROVED,
        pending.name() + " is not READY: " + String.join("; ", reasons));
  }

  private void confirmUnchanged(Cluster cluster, PublishCalls ports, Manifest pending) {
    run.observe(
        PublishStep.CONFIRM_UNCHANGED,
        () -> {
          ServersObserved now =
              ports.observeServers(
                  run.call(PublishStep.CONFIRM_UNCHANGED),
                  cluster.instancesAt(cluster.policies().publish().site()));
          return RunContext.orFail(UnchangedCheck.judge(pending.contents(), now));
        });
  }

  private List<String> startConsumers(Cluster cluster, PublishCalls ports) {
    Consumers consumers = new Consumers(cluster, ports);
    if (consumers.none()) {
      return List.of();
    }
    return run.step(
        PublishStep.START_CONSUMERS,
        () -> {
          Consumers.Told told = consumers.tell();
          run.note(PublishStep.START_CONSUMERS, String.join("; ", told.told()));
          return told.failed();
        },
        Undo.nothing("a consumer of a READY point does no harm"));
  }

  private String writeReceipt(PublishRequest request, Receipt.Ending ending) {
    PublishCalls ports = calls;
    if (ports == null) {
      return "none: where receipts are kept stands in the cluster file";
    }
    String written =
        ports.writeReceipt(
            run.receiptCall(), context.receipt(asked(request), ending, PublishProof.seen(proved)));
    boolean tells = !ending.code().isEmpty() && !ending.code().equals(FailureCode.CANCELLED.name());
    return tells ? written + tellingOfOlderPoints(ports) : written;
  }

  /** A point that became READY late is consumed also when this run's own point is not. */
  private String tellingOfOlderPoints(PublishCalls ports) {
    PendingPoints left = leftPending;
    if (left == null || left.published().isEmpty()) {
      return "";
    }
    String told = new Consumers(context.cluster(), ports).tell().inWords();
    return "; "
        + String.join(", ", left.published())
        + " became READY"
        + (told.isEmpty() ? "" : ", " + told);
  }

  private RunContext.Asked asked(PublishRequest request) {
    return new RunContext.Asked(
        context.cluster().policies().publish().site().value(),
        request.inWords(),
        request.by(),
        request.reason());
  }

  private static String inWords(Primary primary) {
    return String.format(
        "%s: primary of content %s, system %s, timeline %s",
        primary.instance().id(),
        primary.instance().content(),
        primary.server().identity().systemIdentifier(),
        primary.server().position().timeline());
  }

  @Override
  public Progress progress() {
    return run.progress();
  }

  @Override
  public Plan plan() {
    return context.plan();
  }

  @Override
  public Receipt receipt() {
    return context.receiptSoFar(PublishProof.seen(proved));
  }

  @Override
  public String decide(RawRequest decision) {
    return context.decide(decision);
  }

  @Override
  public void validateDecide(RawRequest decision) {
    context.validate(decision);
  }

  @Override
  public void decideBySignal(RawRequest decision) {
    context.decideBySignal(decision);
  }
}
