package dev.mooring.runbook.consume;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.ChainsObserved;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.WantedScan;
import dev.mooring.port.ArchiveActivities.WayDecoded;
import dev.mooring.port.ArchiveActivities.WaysDecoded;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.port.InstanceActivities.LimitsObserved;
import dev.mooring.port.InstanceActivities.NeedsObserved;
import dev.mooring.port.InstanceActivities.ReplayObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ManifestActivities.FoundBad;
import dev.mooring.port.ManifestActivities.ManifestRead;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;
import dev.mooring.wire.RawRequest;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The runbook DrConsume; see {@link DrConsumeWorkflow}. */
public final class DrConsumeImpl extends AnsweringRun implements DrConsumeWorkflow {
  /**
   * No WAL takes an instance to a point that it has passed, or that is not on its timeline's way.
   */
  private static final List<FailureCode> NO_WAY =
      List.of(FailureCode.PROMOTED, FailureCode.BEYOND_TARGET);

  private final ConsumeAttempt attempt = new ConsumeAttempt();
  private @Nullable ConsumeCalls calls;
  private String newerBy = "";
  private String unstarted = "";

  @WorkflowInit
  public DrConsumeImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.DR_CONSUME, raw, ConsumeStep.class));
  }

  @Override
  public ConsumeResult consume(@Nullable RawRequest raw) {
    ConsumeRequest request = run.bound(() -> ConsumeRequest.of(raw));
    asked(request.site().value(), request.inWords(), request.by(), request.reason());
    run.inMode(request.mode());
    ConsumeResult result = runToEnding(() -> moor(request));
    return unstarted.isEmpty() ? result : result.degradedBy(unstarted);
  }

  private ConsumeResult moor(ConsumeRequest request) {
    Cluster cluster = run.observe(ConsumeStep.RESOLVE, context::readCluster);
    Site site = ConsumingSite.of(cluster, request.site());
    ConsumeCalls ports = new ConsumeCalls(cluster, site);
    calls = ports;
    if (request.mode() == Mode.EXECUTE && !context.locked(site.name(), request.patience())) {
      return ended("skipped", "the site is locked by another run");
    }
    Optional<SiteState> state = run.observe(ConsumeStep.READ_STATE, () -> readState(ports));
    List<Instance> instances = cluster.instancesAt(site.name());
    List<Seen> seen =
        run.observe(ConsumeStep.OBSERVE_INSTANCES, () -> observe(ports, request, instances, state));
    Optional<SiteState> stands = degraded.isEmpty() ? state : Optional.empty();
    Optional<Manifest> chosen =
        run.observe(ConsumeStep.CHOOSE_MANIFEST, () -> choose(ports, request, seen, stands));
    chosen.ifPresent(manifest -> degraded.addAll(TargetCheck.otherMinors(manifest, seen)));
    chosen.ifPresent(manifest -> degraded.addAll(manifest.notProved()));
    if (stands
        .filter(at -> chosen.map(m -> m.name().equals(at.restorePoint())).orElse(true))
        .isPresent()) {
      attempt.proved(stands.get().instances());
      return ended(request.mode().done(), MooredCheck.already(site, stands.get()));
    }
    Manifest manifest = chosen.orElseThrow();
    List<ChainObserved> chains =
        run.observe(ConsumeStep.PROVE_CHAIN, () -> proveChain(ports, seen, manifest));
    context.planned(
        request.inWords(), ConsumePlan.objects(seen, manifest), ConsumePlan.measured(chains));
    if (request.mode() == Mode.PLAN) {
      return ended("planned", "no check blocks mooring " + site.name() + " at " + manifest.name());
    }
    new ParkAll(cluster, ports, run, attempt, degraded::add).park(instances, manifest, site.name());
    degraded.addAll(run.lateStop());
    return ended(
        "Completed",
        String.format(
            "%s is moored at %s: %d of %d instances proved",
            site.name(), manifest.name(), instances.size(), instances.size()));
  }

  private ConsumeResult ended(String outcome, String headline) {
    Progress end = run.atItsEnd();
    return new ConsumeResult(
        outcome, headline, end.point(), degraded, attempt.proofs(), end.steps());
  }

  private Optional<SiteState> readState(ConsumeCalls ports) {
    if (ports.readState(run.call(ConsumeStep.READ_STATE))
        instanceof ReceiptActivities.Answer.Known known) {
      attempt.standsAt(known.state());
      run.note(ConsumeStep.READ_STATE, "last moored at " + known.state().restorePoint());
      return Optional.of(known.state());
    }
    run.note(ConsumeStep.READ_STATE, "never moored before");
    return Optional.empty();
  }

  private List<Seen> observe(
      ConsumeCalls ports,
      ConsumeRequest request,
      List<Instance> instances,
      Optional<SiteState> state) {
    List<HostObserved> hosts = ports.observe(run.call(ConsumeStep.OBSERVE_INSTANCES), instances);
    hosts.forEach(host -> refuseOn(host.failures(), List.of(FailureCode.DBID_DIFFERS)));
    Epoch highest = Epoch.NONE;
    List<Seen> seen = new ArrayList<>();
    for (HostObserved host : hosts) {
      highest = Epoch.higher(highest, host.highestEpoch());
      for (InstanceObserved observed : host.observed()) {
        instances.stream()
            .filter(i -> i.id().equals(observed.instance()))
            .forEach(i -> seen.add(new Seen(i, observed)));
      }
    }
    if (seen.size() != instances.size()) {
      throw RunbookStop.failed(
          FailureCode.STATE_UNREADABLE,
          seen.size() + " of " + instances.size() + " instances were read on their hosts");
    }
    RunContext.refuseUnless(NamedSystemCheck.judge(request.systemIdentifierEnds(), seen));
    run.holdEpoch(Epoch.after(highest, Workflow.currentTimeMillis()));
    List<Seen> floored =
        withSqlFloors(ports, RunContext.refuseUnless(InstancesCheck.judge(seen, state)));
    state.ifPresent(known -> degraded.addAll(MooredCheck.drift(known, floored, ports.parkMode())));
    List<String> noted = new ArrayList<>(degraded);
    noted.add(ConsumePlan.floors(RecoveryFloors.of(floored)));
    run.note(ConsumeStep.OBSERVE_INSTANCES, String.join("; ", noted));
    return floored;
  }

  /**
   * A running instance reports its floor itself. One that does not answer is read on its host; its
   * control file lags behind what it has replayed.
   */
  private List<Seen> withSqlFloors(ConsumeCalls ports, List<Seen> seen) {
    List<Instance> running =
        seen.stream()
            .filter(one -> one.observed().process() == ServerProcess.RUNNING)
            .map(Seen::instance)
            .toList();
    if (running.isEmpty()) {
      return seen;
    }
    return withPlaces(
        ports,
        RecoveryFloors.withSql(
            seen, ports.observeServers(run.call(ConsumeStep.OBSERVE_INSTANCES), running)));
  }

  /**
   * A running instance on its way to park answers no SQL; its startup process shows its position.
   */
  private List<Seen> withPlaces(ConsumeCalls ports, List<Seen> seen) {
    List<Instance> silent = seen.stream().filter(Seen::isSilent).map(Seen::instance).toList();
    if (silent.isEmpty()) {
      return seen;
    }
    List<ReplayObserved> hosts =
        ports.observeReplay(run.call(ConsumeStep.OBSERVE_INSTANCES), silent);
    List<InstanceFailure> unread = hosts.stream().flatMap(h -> h.failures().stream()).toList();
    if (!unread.isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.STATE_UNREADABLE,
          FanOut.inWords(unread)
              + "; they run and answer no SQL: once they are stopped, their control files show it");
    }
    return RecoveryFloors.withPlaces(
        seen, hosts.stream().flatMap(h -> h.places().stream()).toList());
  }

  /** The manifest to consume; empty if another tool names the point at which the site is moored. */
  private Optional<Manifest> choose(
      ConsumeCalls ports, ConsumeRequest request, List<Seen> seen, Optional<SiteState> stands) {
    degraded.addAll(context.oneFileEverywhere());
    ManifestRead read =
        ports.readManifest(
            run.call(ConsumeStep.CHOOSE_MANIFEST), request.target(), RecoveryFloors.of(seen));
    if (read.answer() instanceof ManifestActivities.Answer.None none) {
      List<String> whyNone = new ArrayList<>(List.of(none.reason()));
      whyNone.addAll(read.passedOver());
      throw RunbookStop.refused(none.code(), String.join("; ", whyNone));
    }
    if (read.answer() instanceof ManifestActivities.Answer.Foreign foreign) {
      run.about(foreign.manifest().restorePoint());
      noteChoice(foreign.why(), read.passedOver());
      if (stands.filter(state -> MooredCheck.isAt(state, foreign.manifest())).isPresent()) {
        degraded.add(ForeignPoint.notReadAgain(foreign, stands.get().run()));
        return Optional.empty();
      }
      return Optional.of(scanned(ports, foreign, seen));
    }
    ManifestActivities.Answer.Found found = (ManifestActivities.Answer.Found) read.answer();
    run.about(found.manifest().name());
    attempt.aimsAt(found.manifest());
    noteChoice(found.why(), read.passedOver());
    admit(found.manifest(), request);
    return Optional.of(
        withLimits(
            ports,
            seen,
            withNeeds(
                ports, seen, RunContext.refuseUnless(TargetCheck.judge(found.manifest(), seen)))));
  }

  /** A torn point needs an override; one that may be torn is reported. */
  private void admit(Manifest manifest, ConsumeRequest request) {
    degraded.addAll(manifest.unproved());
    if (manifest.isTorn()) {
      String torn = manifest.name() + " is " + manifest.header().cut().inWords();
      if (!request.overrides().contains(ConsumeRequest.TORN)) {
        throw RunbookStop.refused(FailureCode.POINT_TORN, torn);
      }
      degraded.add(torn + "; overridden");
    }
  }

  private void noteChoice(String chosen, List<String> passedOver) {
    List<String> why = new ArrayList<>(List.of(chosen));
    why.addAll(passedOver);
    run.note(ConsumeStep.CHOOSE_MANIFEST, String.join("; ", why));
  }

  /** A manifest of another tool has no seal: the archived WAL must prove the point. */
  private Manifest scanned(
      ConsumeCalls ports, ManifestActivities.Answer.Foreign foreign, List<Seen> seen) {
    ForeignManifest reported = foreign.manifest();
    List<WantedScan> scans = RunContext.refuseUnless(ports.foreignScans(reported, seen));
    List<PointsArchived> hosts =
        ports.awaitScanned(run.call(ConsumeStep.CHOOSE_MANIFEST), seen, scans);
    hosts.forEach(host -> refuseOn(host.failures(), NO_WAY));
    List<PointArchived> points =
        RunContext.refuseUnless(
            ForeignPoint.judge(
                reported, scans, hosts.stream().flatMap(h -> h.points().stream()).toList()));
    Manifest manifest = ports.foreignManifest(reported, seen, scans, points);
    attempt.aimsAt(manifest);
    degraded.add(ForeignPoint.read(foreign, seen.size()));
    return withLimits(ports, seen, RunContext.refuseUnless(TargetCheck.judge(manifest, seen)));
  }

  private Manifest withNeeds(ConsumeCalls ports, List<Seen> seen, Manifest manifest) {
    List<NeedsObserved> hosts =
        ports.observeNeeds(
            run.call(ConsumeStep.CHOOSE_MANIFEST),
            seen.stream().map(Seen::instance).toList(),
            manifest);
    FanOut.failOn(hosts, NeedsObserved::failures);
    return RunContext.refuseUnless(
        NeedsCheck.judge(
            manifest, hosts.stream().flatMap(host -> host.observed().stream()).toList()));
  }

  private Manifest withLimits(ConsumeCalls ports, List<Seen> seen, Manifest manifest) {
    if (ports.parkMode() == ParkMode.SHUTDOWN) {
      return manifest;
    }
    List<LimitsObserved> hosts =
        ports.observeLimits(
            run.call(ConsumeStep.CHOOSE_MANIFEST), seen.stream().map(Seen::instance).toList());
    FanOut.failOn(hosts, LimitsObserved::failures);
    return RunContext.refuseUnless(
        LimitsCheck.judge(
            manifest, seen, hosts.stream().flatMap(host -> host.observed().stream()).toList()));
  }

  private List<ChainObserved> proveChain(ConsumeCalls ports, List<Seen> seen, Manifest manifest) {
    List<ChainsObserved> hosts =
        ports.observeChain(run.call(ConsumeStep.PROVE_CHAIN), seen, manifest);
    hosts.forEach(host -> refuseOn(host.failures(), NO_WAY));
    List<ChainObserved> chains = hosts.stream().flatMap(h -> h.chains().stream()).toList();
    attempt.found(seen.stream().map(Seen::instance).toList(), chains);
    run.note(ConsumeStep.PROVE_CHAIN, ConsumePlan.bytes(chains));
    RunContext.refuseUnless(ChainCheck.judge(seen, chains));
    decode(ports, seen, manifest, chains);
    return chains;
  }

  /** Replay can't be taken back, so a record that would stop it is found before any copy moves. */
  private void decode(
      ConsumeCalls ports, List<Seen> seen, Manifest manifest, List<ChainObserved> chains) {
    Instant began = RunbookRun.now();
    List<WaysDecoded> hosts = ports.awaitDecoded(run.call(ConsumeStep.PROVE_CHAIN), seen, manifest);
    FanOut.failOn(hosts, WaysDecoded::failures);
    List<WayDecoded> ways = hosts.stream().flatMap(host -> host.ways().stream()).toList();
    List<ChainObserved> decoded = ChainCheck.decoded(chains, ways);
    attempt.found(seen.stream().map(Seen::instance).toList(), decoded);
    RunContext.refuseUnless(ChainCheck.judge(seen, decoded));
    List<String> open = ChainCheck.notDecoded(ways);
    if (!open.isEmpty()) {
      FoundBad before = ports.readFoundBad(run.call(ConsumeStep.PROVE_CHAIN));
      degraded.addAll(before.passedOver());
      RunContext.refuseUnless(
          ChainCheck.judge(
              seen, ChainCheck.knownBad(seen, chains, ways, manifest, before.files())));
    }
    RunContext.refuseUnless(
        NeedsCheck.judge(
            decoded,
            ways.stream().map(w -> new InstanceMissing(w.instance(), w.missing())).toList()));
    degraded.addAll(open);
    run.note(
        ConsumeStep.PROVE_CHAIN,
        String.format(
            "%s, %d of %d decoded in %s",
            ConsumePlan.bytes(chains),
            ways.size() - open.size(),
            ways.size(),
            DurationText.of(Duration.between(began, RunbookRun.now()))));
  }

  private static void refuseOn(List<InstanceFailure> failures, List<FailureCode> refusals) {
    for (InstanceFailure failure : failures) {
      if (refusals.contains(failure.code())) {
        throw RunbookStop.refused(failure.code(), FanOut.inWords(failures));
      }
    }
    FanOut.failOn(failures);
  }

  @Override
  protected String writeReceipt(Receipt.Ending ending) {
    ConsumeCalls ports = calls;
    String written =
        ports == null
            ? "none: the cluster file names where receipts are kept, at the site asked for"
            : ports.writeReceipt(run.receiptCall(), receipt(ending));
    context.leaveLocks();
    return written + nextStarted(ending);
  }

  /**
   * A newer point is consumed even after a failed run, but not after a person's cancellation. This
   * is the last act of a run, so it knows every point that was published while it ran.
   */
  private String nextStarted(Receipt.Ending ending) {
    ConsumeCalls ports = calls;
    if (newerBy.isEmpty() || ports == null || ending.code().equals(FailureCode.CANCELLED.name())) {
      return "";
    }
    try {
      return "; the newer point: " + ports.startNext(newerBy).inWords();
    } catch (TemporalFailure e) {
      unstarted = "the next DrConsume could not be started: " + Explained.of(e).sentence();
      return "; " + unstarted;
    }
  }

  @Override
  protected Receipt.Seen seen(String code) {
    return new Receipt.Seen(attempt.proofs(), degraded, attempt.record(code, RunbookRun.now()));
  }

  @Override
  public void published(String publishedBy) {
    newerBy = publishedBy;
  }
}
