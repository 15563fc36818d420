package dev.mooring.activities.instance;

import dev.mooring.activities.host.ArchiveWords;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.NeedWords;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.ReplacedSettings;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.Token;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.StartLog;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Instances reached through scripts on their hosts: one script per host and call, its instances in
 * parallel. A changing script holds the host's lock from comparing the token to the last
 * observation.
 */
public final class HostInstanceActivities implements InstanceActivities {
  /**
   * How long the proof's files are retried if the archive does not answer: half of an observation.
   */
  private static final Duration ARCHIVE_AWAY = Duration.ofSeconds(10);

  private static final String STOP_SECONDS = "60";
  private static final Duration ANSWER_AFTER_THE_WAIT = Duration.ofSeconds(10);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;
  private final S3Clients buckets;

  /**
   * @param buckets opens WAL archives that are buckets, to see whether this process may
   */
  public HostInstanceActivities(
      HostShell shell, HostDeadlines deadlines, Attempt attempt, S3Clients buckets) {
    this.buckets = buckets;
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
  }

  @Override
  public HostObserved observeInstances(ObserveInstances request) {
    HostWork on = request.on();
    Script script = NeedWords.in(script("observe", List.of("observe.sh")));
    Token.inCluster(script, request.call(), on.host())
        .call("highest_epoch", List.of())
        .call("share_look", List.of());
    for (Instance instance : on.instances()) {
      OfInstance.call(
          script,
          instance,
          "needs_itself",
          OfInstance.words(instance, String.valueOf(instance.port())));
    }
    BackupHistories histories = new BackupHistories(shell, deadlines);
    ScriptResult result = shell.run(on.host(), script, deadlines.observe());
    ScriptResult archived = histories.of(on, result, request.histories());
    PerInstance<InstanceObserved> read =
        result.read(
            on.instances(),
            Instance::id,
            (i, said) -> InstanceReading.observed(i.id(), said, archived.of(i.id().value())));
    return new HostObserved(
        on.host().name(),
        new Epoch(result.host().number("highest_epoch")),
        read.results(),
        read.failures());
  }

  @Override
  public ReplayObserved observeReplay(ObserveReplay request) {
    HostWork on = request.on();
    Script script = script("observe replay", List.of("observe.sh"));
    PerInstance<ReplayPlace> read =
        looked(on, script, "observe_replay", (i, said) -> InstanceReading.place(i.id(), said));
    return new ReplayObserved(on.host().name(), read.results(), read.failures());
  }

  @Override
  public FitnessObserved observeFitness(ObserveFitness request) {
    HostWork on = request.on();
    Script script = ArchiveWords.in(script("fitness", List.of("observe.sh", "fitness.sh")));
    Token.inCluster(script, request.call(), on.host());
    for (Instance instance : on.instances()) {
      List<String> arguments = new ArrayList<>(OfInstance.words(instance));
      arguments.addAll(ArchiveWords.of(request.archive(), instance.content()));
      OfInstance.call(script, instance, "fitness", arguments);
    }
    ArchivesByWorker byWorker = new ArchivesByWorker(request, buckets);
    PerInstance<InstanceFitness> read =
        shell.each(
            on,
            script,
            deadlines.observe(),
            (i, said) ->
                InstanceReading.fitness(i.id(), said, () -> byWorker.trouble(i.content())));
    return new FitnessObserved(on.host().name(), read.results(), read.failures());
  }

  @Override
  public LimitsObserved observeLimits(ObserveInstances request) {
    HostWork on = request.on();
    Script script = script("limits", List.of("observe.sh", "fitness.sh"));
    PerInstance<InstanceLimits> read =
        looked(
            on,
            script,
            "limits",
            (i, said) -> new InstanceLimits(i.id(), InstanceReading.limits(said)));
    return new LimitsObserved(on.host().name(), read.results(), read.failures());
  }

  private <R> PerInstance<R> looked(
      HostWork on, Script script, String function, BiFunction<Instance, Said, R> read) {
    on.instances().forEach(i -> OfInstance.call(script, i, function, OfInstance.words(i)));
    return shell.each(on, script, deadlines.observe(), read);
  }

  @Override
  public ArchivingObserved observeArchiving(ObserveInstances request) {
    HostWork on = request.on();
    Script script = script("archiving", List.of("observe.sh", "fitness.sh"));
    PerInstance<InstanceArchiving> read =
        looked(on, script, "archiving", (i, said) -> InstanceReading.archiving(i.id(), said));
    return new ArchivingObserved(on.host().name(), read.results(), read.failures());
  }

  @Override
  public NeedsObserved observeNeeds(ObserveNeeds request) {
    HostWork on = request.on();
    Script script = NeedWords.in(script("needs", List.of("observe.sh")));
    for (Instance instance : on.instances()) {
      OfInstance.call(
          script, instance, "needs", OfInstance.words(instance, needed(instance, request)));
    }
    PerInstance<InstanceMissing> read =
        shell.each(
            on, script, deadlines.observe(), (i, said) -> InstanceReading.missing(i.id(), said));
    return new NeedsObserved(on.host().name(), read.results(), read.failures());
  }

  private static String[] needed(Instance instance, ObserveNeeds request) {
    return request.needs().stream()
        .filter(one -> one.instance().equals(instance.id()))
        .flatMap(one -> NeedWords.of(one.needs()))
        .toArray(String[]::new);
  }

  @Override
  public TargetsSet ensureTarget(EnsureTarget request) {
    HostWork on = request.on();
    Script script = script("set target", List.of("observe.sh", "target.sh"));
    Token.of(request.call(), attempt).claim(script, on);
    List<Aim> aims = Aim.all(request.call(), on, request.targets());
    aims.stream()
        .limit(1)
        .forEach(
            a -> script.call("install_gate", List.of(a.target().gatePath(), RecoveryTarget.GATE)));
    for (Aim aim : aims) {
      OfInstance.call(
          script,
          aim.instance(),
          "ensure_target",
          OfInstance.words(
              aim.instance(),
              request.call().run(),
              aim.target().settings(),
              aim.system(),
              aim.target().parkMode().hotStandby()));
    }
    PerInstance<TargetSet> read =
        shell.run(on.host(), script, deadlines.act()).read(aims, Aim::id, this::targetSet);
    return new TargetsSet(on.host().name(), read.results(), read.failures());
  }

  private TargetSet targetSet(Aim aim, Said said) {
    TargetSettings effective = InstanceReading.settings(said);
    aim.target().requireEffective(effective);
    return new TargetSet(aim.id(), effective, ReplacedSettings.masked(said.text("cleared")));
  }

  @Override
  public TargetsReverted revertTarget(EnsureTarget request) {
    HostWork on = request.on();
    Script script = script("revert target", List.of("observe.sh", "target.sh"));
    Token.ofUndo(request.call(), attempt).claim(script, on);
    List<Aim> aims = Aim.all(request.call(), on, request.targets());
    for (Aim aim : aims) {
      OfInstance.call(
          script,
          aim.instance(),
          "revert_target",
          OfInstance.words(aim.instance(), request.call().run()));
    }
    PerInstance<InstanceId> read =
        shell.run(on.host(), script, deadlines.act()).read(aims, Aim::id, (aim, s) -> aim.id());
    return new TargetsReverted(on.host().name(), read.results(), read.failures());
  }

  @Override
  public ReplayStarted ensureReplaying(EnsureReplaying request) {
    HostWork on = request.on();
    Script script = script("start", List.of("observe.sh", "start.sh"));
    Token.of(request.call(), attempt).claim(script, on);
    List<Aim> aims = Aim.all(request.call(), on, request.targets());
    for (Aim aim : aims) {
      TargetSettings expected = aim.target().expected();
      OfInstance.call(
          script,
          aim.instance(),
          "ensure_replaying",
          OfInstance.words(
              aim.instance(),
              start(request.call(), request.start()),
              StartOptions.of(aim.instance()),
              expected.name(),
              expected.timeline(),
              expected.restoreCommand(),
              aim.target().gateFile(),
              aim.target().gateText(),
              aim.system(),
              expected.action(),
              aim.target().parkMode().hotStandby()));
    }
    PerInstance<InstanceStarted> read =
        shell
            .run(on.host(), script, deadlines.act())
            .read(aims, Aim::id, (aim, said) -> new InstanceStarted(aim.id(), said.text("log")));
    return new ReplayStarted(on.host().name(), read.results(), read.failures());
  }

  @Override
  public ReplayAwaited awaitParked(AwaitParked request) {
    HostWork on = request.on();
    Script script = script("await", List.of("await.sh")).answering(Script.LONG_ANSWER);
    List<Aim> aims = Aim.all(request.call(), on, request.targets());
    for (Aim aim : aims) {
      script.call(
          "watch",
          List.of(
              aim.id().value(),
              aim.instance().dataDirectory(),
              startLog(request.call(), on, aim.id(), request.start()),
              aim.target().gateFile() + ".status",
              aim.target().expected().action()));
    }
    script.call("await", List.of(String.valueOf(Math.max(1, request.atMost().toSeconds()))));
    ReplayPositions positions = new ReplayPositions();
    BiConsumer<String, String> reported =
        (instance, text) -> report(positions, aims, instance, text);
    PerInstance<ReplaySeen> read =
        shell
            .run(on.host(), script, request.atMost().plus(ANSWER_AFTER_THE_WAIT), reported)
            .read(aims, Aim::id, HostInstanceActivities::seen);
    return new ReplayAwaited(on.host().name(), read.results(), read.failures());
  }

  private void report(ReplayPositions positions, List<Aim> aims, String instance, String text) {
    for (Aim aim : aims) {
      if (aim.id().value().equals(instance)) {
        attempt.report(positions.heard(aim.id(), aim.wanted().target().walSegmentSize(), text));
      }
    }
  }

  private static ReplaySeen seen(Aim aim, Said said) {
    String running = said.word("running", List.of("yes", "no", "paused"));
    return new ReplaySeen(
        aim.id(),
        running.equals("yes"),
        said.text("replaying"),
        said.text("waiting"),
        running.equals("no") ? died(StartLog.parse(said.text("log"))) : "");
  }

  private static String died(StartLog log) {
    return log.stoppedAtTarget() ? "" : log.causeOfDeath();
  }

  @Override
  public ParkedObserved observeParked(ObserveParked request) {
    HostWork on = request.on();
    Script script = ArchiveWords.in(script("prove", List.of("observe.sh", "parked.sh")));
    Token.inCluster(script, request.call(), on.host())
        .call("share_look", List.of())
        .call("wait_for", List.of(String.valueOf(ARCHIVE_AWAY.toSeconds())));
    List<Aim> aims = Aim.all(request.call(), on, request.targets());
    for (Aim aim : aims) {
      InstanceTarget wanted = aim.wanted();
      List<String> arguments =
          new ArrayList<>(
              OfInstance.words(
                  aim.instance(), startLog(request.call(), on, aim.id(), request.start())));
      arguments.addAll(ArchiveWords.of(wanted.archive(), wanted.target().content()));
      wanted.target().recordFiles().forEach(file -> arguments.add(file.text()));
      OfInstance.call(script, aim.instance(), "parked", arguments);
    }
    BackupHistories histories = new BackupHistories(shell, deadlines);
    ScriptResult result = shell.run(on.host(), script, deadlines.observe());
    ScriptResult archived = histories.of(on, result, historiesOf(aims));
    PerInstance<InstanceParked> read =
        result.read(aims, Aim::id, (aim, said) -> parked(aim, said, archived.of(aim.id().value())));
    return new ParkedObserved(on.host().name(), read.results(), read.failures());
  }

  /** They are of one site, and so of one archive. */
  private static List<HistoryArchive> historiesOf(List<Aim> aims) {
    return aims.stream()
        .limit(1)
        .map(aim -> new HistoryArchive(aim.wanted().archive(), ARCHIVE_AWAY))
        .toList();
  }

  private static InstanceParked parked(Aim aim, Said said, Said archived) {
    return new InstanceParked(
        InstanceReading.observed(aim.id(), said, archived),
        aim.wanted().point(),
        StartLog.parse(said.text("log")),
        said.archived(aim.wanted().target().recordFiles()));
  }

  @Override
  public InstancesStopped ensureStopped(EnsureStopped request) {
    HostWork on = request.on();
    Script script = script("stop", List.of("observe.sh", "start.sh"));
    Token.of(request.call(), attempt).claim(script, on);
    on.instances()
        .forEach(
            i -> OfInstance.call(script, i, "ensure_stopped", OfInstance.words(i, STOP_SECONDS)));
    PerInstance<InstanceId> read =
        shell.each(on, script, deadlines.act(), (instance, said) -> instance.id());
    return new InstancesStopped(on.host().name(), read.results(), read.failures());
  }

  private static Script script(String name, List<String> parts) {
    return OfInstance.parts(Script.of(name, HostInstanceActivities.class, parts))
        .with(HostInstanceActivities.class, "greenplum-instance.sh")
        .with(HostInstanceActivities.class, "start-log.sh");
  }

  private static String start(Call call, int number) {
    return call.run() + "-" + number;
  }

  private static String startLog(Call call, HostWork on, InstanceId instance, int number) {
    return Token.directory(call, on.host())
        + "/"
        + instance
        + ".starts/"
        + start(call, number)
        + ".log";
  }
}
