package dev.mooring.runbook.consume;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.InstancesStopped;
import dev.mooring.port.InstanceActivities.ParkedObserved;
import dev.mooring.port.InstanceActivities.ReplayAwaited;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceActivities.ReplayStarted;
import dev.mooring.port.InstanceActivities.TargetsReverted;
import dev.mooring.port.InstanceActivities.TargetsSet;
import dev.mooring.postgres.StopLine;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.ConsumeAttempt.Reached;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The half of DrConsume that changes something: configure all, start all, all down (or paused, if
 * the site parks readable), prove all, advance. Each phase is a barrier: if one instance fails, no
 * other continues.
 */
final class ParkAll {
  private static final int FIRST_START = 1;
  private static final int SECOND_START = 2;

  /** Few observations with growing pauses, about 5 s in all: each adds events to the history. */
  private static final List<Duration> CONFIRMED_AFTER =
      LongStream.of(100, 200, 400, 800, 1600, 2000).mapToObj(Duration::ofMillis).toList();

  private final Cluster cluster;
  private final ConsumeCalls ports;
  private final RunbookRun run;
  private final ConsumeAttempt attempt;
  private final Consumer<String> degraded;

  /**
   * @param degraded takes what went less well than wanted, one sentence each
   */
  ParkAll(
      Cluster cluster,
      ConsumeCalls ports,
      RunbookRun run,
      ConsumeAttempt attempt,
      Consumer<String> degraded) {
    this.cluster = cluster;
    this.ports = ports;
    this.run = run;
    this.attempt = attempt;
    this.degraded = degraded;
  }

  void park(List<Instance> instances, Manifest manifest, SiteName site) {
    run.step(
        ConsumeStep.SET_TARGETS,
        () -> setTargets(instances, manifest),
        Undo.by(() -> revertTargets(instances, manifest)));
    try {
      run.pivot(
          ConsumeStep.START_ALL,
          () -> start(ConsumeStep.START_ALL, instances, manifest, FIRST_START));
      attempt.started(RunbookRun.now());
      await(ConsumeStep.AWAIT_PARKED, instances, manifest, FIRST_START);
      List<Proved> proved = prove(ConsumeStep.PROVE_ALL, instances, manifest, FIRST_START);
      List<Proved> died = proved.stream().filter(Proved::diedOnTheWay).toList();
      List<ParkedInstance> parked =
          new ArrayList<>(conclude(proved, died.stream().map(Proved::instance).toList()));
      if (!died.isEmpty()) {
        parked.addAll(startAgain(died, manifest));
        parked.sort(Comparator.comparing(ParkedInstance::content));
      }
      attempt.proved(parked);
      advance(manifest, site, parked);
    } catch (TemporalFailure | RunbookStop e) {
      Workflow.newDetachedCancellationScope(() -> parkRest(instances)).run();
      throw e;
    }
  }

  private void setTargets(List<Instance> instances, Manifest manifest) {
    List<TargetsSet> hosts =
        ports.setTargets(
            run.call(ConsumeStep.SET_TARGETS),
            instances,
            manifest,
            failed -> run.note(ConsumeStep.SET_TARGETS, failed));
    FanOut.failOn(hosts, TargetsSet::failures);
  }

  private void revertTargets(List<Instance> instances, Manifest manifest) {
    FanOut.failOn(
        ports.revertTargets(run.call(ConsumeStep.SET_TARGETS), instances, manifest),
        TargetsReverted::failures);
  }

  private List<ReplayStarted> start(
      ConsumeStep step, List<Instance> instances, Manifest manifest, int start) {
    List<ReplayStarted> hosts = ports.start(run.call(step), instances, manifest, start);
    FanOut.failOn(hosts, ReplayStarted::failures);
    return hosts;
  }

  private void await(ConsumeStep step, List<Instance> instances, Manifest manifest, int start) {
    run.forward(
        step,
        () -> {
          List<ReplayAwaited> hosts =
              ports.await(
                  run.call(step),
                  instances,
                  manifest,
                  start,
                  cluster.policies().consume().atMost());
          FanOut.failOn(hosts, ReplayAwaited::failures);
          requireDown(hosts.stream().flatMap(h -> h.seen().stream()).toList());
        });
  }

  private void requireDown(List<ReplaySeen> all) {
    if (all.stream().anyMatch(ReplaySeen::running)) {
      throw RunbookStop.failed(
          FailureCode.TARGET_NOT_REACHED,
          (ports.parkMode() == ParkMode.READABLE ? "not all paused after " : "not all down after ")
              + cluster.policies().consume().atMost().toSeconds()
              + " s: "
              + inWords(all));
    }
  }

  /** The position of each instance that did not arrive, and the number of those that did. */
  private static String inWords(List<ReplaySeen> all) {
    List<String> words = new ArrayList<>();
    int arrived = 0;
    for (ReplaySeen one : all) {
      if (one.running()) {
        String at = one.replaying().isEmpty() ? "nothing yet" : one.replaying();
        String waits = one.waitingFor().isEmpty() ? "" : ", waiting for " + one.waitingFor();
        words.add(one.instance() + " replays " + at + waits);
      } else if (one.died().isEmpty()) {
        arrived++;
      } else {
        words.add(one.instance() + " is down: " + one.died());
      }
    }
    words.add(arrived + " of " + all.size() + " stopped at the point");
    return String.join("; ", words);
  }

  private List<Proved> prove(
      ConsumeStep step, List<Instance> instances, Manifest manifest, int start) {
    return run.forward(
        step,
        () -> {
          List<Proved> proved = look(step, instances, manifest, start);
          for (Duration pause : CONFIRMED_AFTER) {
            if (proved.stream().anyMatch(Proved::isToCome)) {
              Workflow.sleep(pause);
              proved = askAgain(step, proved, manifest);
            }
          }
          attempt.reached(proved.stream().map(Proved::reached).toList());
          return proved;
        });
  }

  private List<Proved> look(
      ConsumeStep step, List<Instance> instances, Manifest manifest, int start) {
    List<ParkedObserved> hosts = ports.observeParked(run.call(step), instances, manifest, start);
    FanOut.failOn(hosts, ParkedObserved::failures);
    List<InstanceParked> seen = hosts.stream().flatMap(h -> h.parked().stream()).toList();
    ServersObserved servers =
        ports.parkMode() == ParkMode.READABLE
            ? ports.observeServers(run.call(step), instances)
            : new ServersObserved(List.of(), List.of());
    return instances.stream().map(i -> judge(i, manifest, seen, servers)).toList();
  }

  /**
   * A server logs the pause before it confirms it over SQL, and may not answer for a moment. The
   * observations on the hosts stay; only the servers in question are asked again.
   */
  private List<Proved> askAgain(ConsumeStep step, List<Proved> proved, Manifest manifest) {
    List<Instance> open = proved.stream().filter(Proved::isToCome).map(Proved::instance).toList();
    ServersObserved servers = ports.observeServers(run.call(step), open);
    return proved.stream()
        .map(one -> one.isToCome() ? judge(one.instance(), manifest, one.seen(), servers) : one)
        .toList();
  }

  private Proved judge(
      Instance instance, Manifest manifest, List<InstanceParked> seen, ServersObserved servers) {
    List<InstanceParked> mine =
        seen.stream().filter(s -> s.instance().instance().equals(instance.id())).toList();
    if (mine.isEmpty()) {
      return new Proved(
          instance,
          mine,
          Verdict.never(FailureCode.STATE_UNREADABLE, instance.id() + " was not observed"));
    }
    ContentEvidence evidence = manifest.evidenceOf(instance.content()).orElseThrow();
    List<ArchivedWal> archived = manifest.archivedOf(instance.content());
    Verdict<ParkedInstance> verdict =
        ports.parkMode() == ParkMode.READABLE
            ? PausedProof.judge(instance, manifest.name(), evidence, archived, mine.get(0), servers)
            : ParkedProof.judge(instance, manifest.name(), evidence, archived, mine.get(0));
    return new Proved(instance, mine, verdict);
  }

  /** The proofs of all but the instances that are started again; a failed proof fails the run. */
  private static List<ParkedInstance> conclude(List<Proved> proved, List<Instance> excused) {
    List<ParkedInstance> parked = new ArrayList<>();
    List<Proved> unproved = new ArrayList<>();
    for (Proved one : proved) {
      if (one.verdict() instanceof Verdict.Proceed<ParkedInstance> proceed) {
        parked.add(proceed.conclusion());
      } else if (!excused.contains(one.instance())) {
        unproved.add(one);
      }
    }
    if (!unproved.isEmpty()) {
      throw RunbookStop.failed(
          code(unproved), String.join("; ", unproved.stream().map(Proved::reason).toList()));
    }
    return parked;
  }

  /** That something is elsewhere outweighs what a server said, and that what is not known. */
  private static FailureCode code(List<Proved> unproved) {
    List<FailureCode> codes = unproved.stream().map(Proved::code).toList();
    return Stream.of(FailureCode.TARGET_MISMATCH, FailureCode.START_FAILED)
        .filter(codes::contains)
        .findFirst()
        .orElse(FailureCode.STATE_UNREADABLE);
  }

  private List<ParkedInstance> startAgain(List<Proved> died, Manifest manifest) {
    List<Instance> instances = died.stream().map(Proved::instance).toList();
    died.forEach(one -> degraded.accept("started once more: " + one.reason()));
    String why = String.join("; ", died.stream().map(Proved::reason).toList());
    run.note(ConsumeStep.PROVE_ALL, "all but those that died on the way: " + why);
    run.forward(
        ConsumeStep.START_AGAIN,
        () -> {
          run.note(ConsumeStep.START_AGAIN, why);
          start(ConsumeStep.START_AGAIN, instances, manifest, SECOND_START);
        });
    await(ConsumeStep.AWAIT_AGAIN, instances, manifest, SECOND_START);
    return conclude(prove(ConsumeStep.PROVE_AGAIN, instances, manifest, SECOND_START), List.of());
  }

  private void advance(Manifest manifest, SiteName site, List<ParkedInstance> parked) {
    SiteState state =
        new SiteState(
            cluster.name(),
            site,
            manifest.name(),
            RunbookRun.now(),
            Workflow.getInfo().getOriginalExecutionRunId(),
            parked);
    run.forward(
        ConsumeStep.ADVANCE,
        () ->
            RunbookRun.untilOutcomeKnown(
                () -> {
                  ports
                      .writeState(run.call(ConsumeStep.ADVANCE), state)
                      .lacking()
                      .forEach(degraded);
                  return state;
                }));
  }

  private void parkRest(List<Instance> instances) {
    Call call = run.call(ConsumeStep.PARK_REST);
    try {
      run.forward(
          ConsumeStep.PARK_REST,
          () -> {
            List<InstancesStopped> hosts = ports.stop(call, instances);
            FanOut.failOn(hosts, InstancesStopped::failures);
          });
    } catch (TemporalFailure e) {
      run.leaves("not all could be stopped: " + Explained.of(e).sentence());
    } catch (RunbookStop e) {
      run.leaves("not all could be stopped: " + e.getMessage());
    }
  }

  /** The verdict on one instance. */
  private record Proved(
      Instance instance, List<InstanceParked> seen, Verdict<ParkedInstance> verdict) {

    boolean isToCome() {
      return verdict instanceof Verdict.NotYet;
    }

    private StopLine stop() {
      return seen.stream().map(one -> one.log().stop()).findFirst().orElseGet(StopLine.None::new);
    }

    /** Why it is not proved; one that was not confirmed in time is not at its point. */
    FailureCode code() {
      return verdict instanceof Verdict.Never<ParkedInstance> never
          ? never.code()
          : FailureCode.TARGET_MISMATCH;
    }

    /** Whether its log names no stop: it died before its target, or its log is lost. */
    boolean diedOnTheWay() {
      return verdict instanceof Verdict.Never && stop() instanceof StopLine.None;
    }

    /** Why it is not proved; empty if it is. */
    String reason() {
      return verdict.match(p -> "", n -> n.awaiting(), n -> n.reason());
    }

    Reached reached() {
      return new Reached(
          instance.content(),
          stop().match(() -> "", StopLine.At::restorePoint, StopLine.Elsewhere::reason));
    }
  }
}
