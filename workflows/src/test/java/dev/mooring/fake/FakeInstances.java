package dev.mooring.fake;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Instances reached on their hosts, all of a call under the host's one lock. */
final class FakeInstances implements InstanceActivities {
  private final FakeCluster world;

  FakeInstances(FakeCluster world) {
    this.world = world;
  }

  /** Why one instance of a call gives no result. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureCode code;

    Refused(FailureCode code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }

  private record Answers<R>(List<R> results, List<InstanceFailure> failures) {}

  private <R> Answers<R> each(HostWork on, Function<Instance, R> act) {
    List<R> results = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (Instance instance : on.instances()) {
      try {
        results.add(act.apply(instance));
      } catch (Refused refused) {
        failures.add(
            new InstanceFailure(instance.id(), refused.code, String.valueOf(refused.getMessage())));
      }
    }
    return new Answers<>(results, failures);
  }

  private FakeHost host(HostWork on) {
    FakeHost host = world.host(on.host().name());
    host.requireReachable();
    return host;
  }

  private FakeStandby standby(InstanceId id) {
    FakeStandby standby = world.standby(id);
    if (!standby.readable()) {
      throw new Refused(FailureCode.STATE_UNREADABLE, "pg_controldata: could not read the file");
    }
    return standby;
  }

  private static InstanceTarget targetOf(Instance instance, List<InstanceTarget> targets) {
    return targets.stream()
        .filter(target -> target.instance().equals(instance.id()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("instance " + instance.id() + " was given no target"));
  }

  private static TargetSettings settingsOf(InstanceTarget target) {
    String command = TargetSettings.GATE + " " + target.instance() + ".gate %f %p %r";
    return new TargetSettings(
        target.point().value(),
        target.parkMode().action(),
        target.target().timeline().toString(),
        "",
        command + TargetSettings.lastWord(target.parkMode()),
        TargetSettings.ARCHIVES_NOTHING);
  }

  @Override
  public HostObserved observeInstances(ObserveInstances request) {
    synchronized (world) {
      FakeHost host = host(request.on());
      Answers<InstanceObserved> seen = each(request.on(), i -> observed(i, request.histories()));
      return new HostObserved(
          request.on().host().name(), host.highestEpoch(), seen.results(), seen.failures());
    }
  }

  private InstanceObserved observed(Instance instance, List<HistoryArchive> histories) {
    Optional<FakePrimary> primary = world.findPrimary(instance.id());
    if (primary.isPresent()) {
      return PrimaryOnItsHost.observed(primary.get());
    }
    FakeStandby standby = standby(instance.id());
    if (!standby.tellsItsEnd()) {
      requireItsEnd(standby, histories);
    }
    return standby.observed();
  }

  private static void requireItsEnd(FakeStandby standby, List<HistoryArchive> histories) {
    if (histories.isEmpty()) {
      throw new Refused(FailureCode.STATE_UNREADABLE, "no archive was asked for its backup's end");
    }
    if (!standby.archive().hasBackupHistories()) {
      throw new Refused(FailureCode.WAL_MISSING, "the archive has no history file of its backup");
    }
  }

  @Override
  public ReplayObserved observeReplay(ObserveReplay request) {
    synchronized (world) {
      host(request.on());
      Answers<ReplayPlace> seen = each(request.on(), i -> place(standby(i.id())));
      return new ReplayObserved(request.on().host().name(), seen.results(), seen.failures());
    }
  }

  private static ReplayPlace place(FakeStandby standby) {
    InstanceId id = standby.instance().id();
    if (standby.process() != ServerProcess.RUNNING) {
      throw new Refused(FailureCode.STATE_UNREADABLE, "the server ran, and is down now");
    }
    String[] waits = standby.waitingFor().split(" ", 3);
    return waits.length > 1
        ? new ReplayPlace(id, new WalFileName(waits[1]), true)
        : new ReplayPlace(
            id,
            WalFileName.containing(standby.timeline(), standby.replayed(), Harbour.WAL_SIZE),
            false);
  }

  @Override
  public FitnessObserved observeFitness(ObserveFitness request) {
    synchronized (world) {
      host(request.on());
      Answers<InstanceFitness> seen = each(request.on(), i -> fitness(i, request.archive()));
      return new FitnessObserved(request.on().host().name(), seen.results(), seen.failures());
    }
  }

  private InstanceFitness fitness(Instance instance, Site.Archive archive) {
    boolean there =
        world.cluster().sites().stream()
            .anyMatch(site -> site.archive().directory().equals(archive.directory()));
    Software software =
        world
            .findPrimary(instance.id())
            .map(FakePrimary::software)
            .orElseGet(() -> standby(instance.id()).software());
    return new InstanceFitness(
        instance.id(),
        new Ownership("postgres", "postgres", "700", List.of(), List.of()),
        software,
        limits(instance).limits(),
        List.of(),
        there ? "" : archive.directoryOf(instance.content()) + " is not there");
  }

  @Override
  public LimitsObserved observeLimits(ObserveInstances request) {
    synchronized (world) {
      host(request.on());
      Answers<InstanceLimits> seen = each(request.on(), this::limits);
      return new LimitsObserved(request.on().host().name(), seen.results(), seen.failures());
    }
  }

  private InstanceLimits limits(Instance instance) {
    return new InstanceLimits(
        instance.id(),
        world
            .findPrimary(instance.id())
            .map(primary -> primary.observed().archiving().limits())
            .orElseGet(() -> standby(instance.id()).limits()));
  }

  @Override
  public ArchivingObserved observeArchiving(ObserveInstances request) {
    synchronized (world) {
      host(request.on());
      Answers<InstanceArchiving> seen = each(request.on(), i -> world.archiving(i));
      return new ArchivingObserved(request.on().host().name(), seen.results(), seen.failures());
    }
  }

  @Override
  public NeedsObserved observeNeeds(ObserveNeeds request) {
    synchronized (world) {
      host(request.on());
      Answers<InstanceMissing> seen =
          each(
              request.on(),
              i -> new InstanceMissing(i.id(), FakeHost.lacks(needsOf(i, request.needs()))));
      return new NeedsObserved(request.on().host().name(), seen.results(), seen.failures());
    }
  }

  private static HostNeeds needsOf(Instance instance, List<InstanceNeeds> all) {
    return all.stream()
        .filter(one -> one.instance().equals(instance.id()))
        .findFirst()
        .orElseThrow()
        .needs();
  }

  @Override
  public TargetsSet ensureTarget(EnsureTarget request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on).claim(request.call(), world.attempt(), on.instances());
      Answers<TargetSet> set =
          each(on, i -> set(request.call(), standby(i.id()), targetOf(i, request.targets())));
      return new TargetsSet(on.host().name(), set.results(), set.failures());
    }
  }

  private TargetSet set(Call call, FakeStandby standby, InstanceTarget target) {
    refusePrimary(standby, target);
    if (standby.hasRecoverySignal()) {
      throw new Refused(FailureCode.TARGET_NOT_SET, "recovery.signal is there");
    }
    List<String> cleared = cleared(standby.keepFor(call.run()));
    standby.configure(settingsOf(target));
    standby.standbySignal(true);
    world.did(new Deed.Configured(target.instance(), call.run()));
    return new TargetSet(standby.instance().id(), standby.settings(), cleared);
  }

  private static void refuseWritable(FakeStandby standby) {
    if (standby.takesWrites()) {
      throw new Refused(FailureCode.PROMOTED, "the server accepts writes; it was promoted");
    }
  }

  private static void refusePrimary(FakeStandby standby, InstanceTarget target) {
    refuseWritable(standby);
    if (!standby.system().equals(target.target().systemIdentifier())) {
      throw new Refused(
          FailureCode.IDENTITY_DIFFERS,
          "of system " + standby.system() + ", not " + target.target().systemIdentifier());
    }
    if (standby.leftRecovery()) {
      throw new Refused(
          FailureCode.PROMOTED, "the server is '" + standby.state() + "': it was a primary");
    }
  }

  private static List<String> cleared(TargetSettings before) {
    return before.name().isEmpty()
        ? List.of()
        : List.of("recovery_target_name = '" + before.name() + "'");
  }

  @Override
  public TargetsReverted revertTarget(EnsureTarget request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on).claimUndo(request.call(), world.attempt(), on.instances());
      Answers<InstanceId> reverted =
          each(
              on,
              i -> {
                standby(i.id()).putBackFor(request.call().run());
                return i.id();
              });
      return new TargetsReverted(on.host().name(), reverted.results(), reverted.failures());
    }
  }

  @Override
  public ReplayStarted ensureReplaying(EnsureReplaying request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on).claim(request.call(), world.attempt(), on.instances());
      String name = startName(request.call(), request.start());
      Answers<InstanceStarted> started =
          each(
              on,
              i ->
                  start(
                      request.call().run(), name, standby(i.id()), targetOf(i, request.targets())));
      return new ReplayStarted(on.host().name(), started.results(), started.failures());
    }
  }

  private InstanceStarted start(
      String run, String name, FakeStandby standby, InstanceTarget target) {
    InstanceId id = standby.instance().id();
    InstanceStarted started = new InstanceStarted(id, id + ".starts/" + name + ".log");
    if (standby.log(name).isPresent()) {
      return started;
    }
    refusePrimary(standby, target);
    if (!standby.hasStandbySignal() || standby.hasRecoverySignal()) {
      throw new Refused(
          FailureCode.TARGET_NOT_SET, "no standby.signal, or a recovery.signal beside it");
    }
    if (!standby.settings().equals(settingsOf(target))) {
      throw new Refused(
          FailureCode.TARGET_NOT_SET,
          "the server would run with " + standby.settings() + ", not with " + settingsOf(target));
    }
    standby.stop();
    if (standby.process() != ServerProcess.STOPPED) {
      throw new Refused(FailureCode.OUTCOME_UNKNOWN, id + " is " + standby.process());
    }
    standby.openGate(target);
    standby.start(name);
    world.did(new Deed.Started(id, run, name));
    return started;
  }

  private static String startName(Call call, int number) {
    return call.run() + "-" + number;
  }

  @Override
  public ReplayAwaited awaitParked(AwaitParked request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on);
      String name = startName(request.call(), request.start());
      Answers<ReplaySeen> seen = each(on, i -> awaited(name, standby(i.id())));
      return new ReplayAwaited(on.host().name(), seen.results(), seen.failures());
    }
  }

  private static ReplaySeen awaited(String name, FakeStandby standby) {
    logOf(name, standby);
    standby.goOn();
    boolean running = standby.process() != ServerProcess.STOPPED && !standby.isPaused();
    String replaying = running ? standby.replayed().toString() : "";
    StartLog log = logOf(name, standby);
    boolean arrived = standby.isPaused() || log.stoppedAtTarget();
    String died = running || arrived ? "" : log.causeOfDeath();
    return new ReplaySeen(standby.instance().id(), running, replaying, standby.waitingFor(), died);
  }

  private static StartLog logOf(String name, FakeStandby standby) {
    return standby
        .log(name)
        .orElseThrow(
            () ->
                new Refused(
                    FailureCode.STATE_UNREADABLE,
                    "the log of this start can't be read: it was lost, or never made: " + name));
  }

  @Override
  public ParkedObserved observeParked(ObserveParked request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on);
      String name = startName(request.call(), request.start());
      Answers<InstanceParked> parked =
          each(on, i -> parked(name, standby(i.id()), targetOf(i, request.targets())));
      return new ParkedObserved(on.host().name(), parked.results(), parked.failures());
    }
  }

  private static InstanceParked parked(String name, FakeStandby standby, InstanceTarget target) {
    List<ArchivedWal> archived =
        target.target().recordFiles().stream()
            .flatMap(file -> standby.archive().file(file).stream())
            .map(WalFile::archived)
            .toList();
    return new InstanceParked(standby.observed(), target.point(), logOf(name, standby), archived);
  }

  @Override
  public InstancesStopped ensureStopped(EnsureStopped request) {
    synchronized (world) {
      HostWork on = request.on();
      host(on).claim(request.call(), world.attempt(), on.instances());
      Answers<InstanceId> stopped =
          each(
              on,
              i -> {
                FakeStandby standby = standby(i.id());
                refuseWritable(standby);
                standby.stop();
                if (standby.process() != ServerProcess.STOPPED) {
                  throw new Refused(
                      FailureCode.OUTCOME_UNKNOWN, i.id() + " is " + standby.process());
                }
                return i.id();
              });
      return new InstancesStopped(on.host().name(), stopped.results(), stopped.failures());
    }
  }
}
