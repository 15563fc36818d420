package dev.mooring.runbook.resilver;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.members.CopyActs;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.resilver.CopyCheck.Copied;
import dev.mooring.runbook.resilver.RejoinChoice.Rated;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowSemaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Makes directories anew, of many instances at once, so many on each host as its policy says. */
final class RewindOrCopy {
  private static final int ATTEMPTS = 3;
  private static final Duration BEFORE_ANOTHER = Duration.ofSeconds(2);
  private static final Duration AFTER_ITS_LIMIT = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final StreamingPolicy policy;
  private final CopyActs copies;
  private final RejoinChoice chosen;
  private final SortedMap<HostName, WorkflowSemaphore> slots = new TreeMap<>();
  private final SortedSet<InstanceId> made = new TreeSet<>();
  private final SortedSet<InstanceId> instead = new TreeSet<>();

  RewindOrCopy(Cluster cluster, CopyActs copies, RejoinChoice chosen) {
    this.cluster = cluster;
    this.policy = cluster.streaming().orElseThrow();
    this.copies = copies;
    this.chosen = chosen;
    for (Host host : cluster.hosts()) {
      slots.put(host.name(), Workflow.newWorkflowSemaphore(policy.resilver().perHost()));
    }
  }

  /** An instance, and why it could not be made. */
  record NotMade(Rated instance, String why) {}

  /** Copies all of them beside what they have; any that can't be copied fails the run. */
  void copy(List<Rated> instances, Call call) {
    List<NotMade> failed = forEach(instances, rated -> copied(rated, call));
    if (!failed.isEmpty()) {
      throw RunbookStop.failed(FailureCode.OUTCOME_UNKNOWN, inWords(failed));
    }
  }

  /**
   * One that ended badly, killed or cut off, is begun anew; one that takes too long would again.
   * Nothing that is half made bears the instance's name meanwhile.
   */
  private Optional<String> copied(Rated rated, Call call) {
    Copy request = request(rated, Way.BASE_BACKUP, call);
    Optional<String> why = Optional.empty();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      CopyAwaited ended = ended(request);
      why = inWords(ended);
      if (why.isEmpty()) {
        made.add(rated.instance().id());
      }
      if (ended.state() != CopyState.DIED && ended.state() != CopyState.FAILED) {
        return why;
      }
      chosen.proof(rated, "copy " + attempt + " of " + ATTEMPTS, why.orElseThrow());
      if (attempt < ATTEMPTS) {
        Workflow.sleep(BEFORE_ANOTHER.multipliedBy(attempt));
      }
    }
    return why;
  }

  /** Begins it, or finds the one that was begun, and waits for its end. */
  private CopyAwaited ended(Copy copy) {
    copies.begin(ActivityPolicies.ENSURE, copy);
    return copies.await(copy, copy.limits().atMost().plus(AFTER_ITS_LIMIT));
  }

  /**
   * Asks for room for base backups that no plan asked it for: who rewinds needs none. What is made
   * already, in its place or about to get there, needs none either; what a copy that ended badly
   * left counts as free, since the next one takes its place.
   *
   * <p>Fails with what {@link CopyCheck} says; nothing was begun then.
   */
  private void requireRoom(List<Rated> instances, Call call) {
    List<Instance> wanted =
        instances.stream().map(Rated::instance).filter(one -> !made.contains(one.id())).toList();
    if (wanted.isEmpty()) {
      return;
    }
    MemberObservations looks = new MemberObservations(cluster);
    DirectorySeen source =
        ResilverLook.seen(looks.directories(call, List.of(chosen.primary()), List.of())).get(0);
    List<Copied> copied = new ArrayList<>();
    for (DirectorySeen directory :
        ResilverLook.seen(looks.directories(call, wanted, CopyCheck.locations(source)))) {
      wanted.stream()
          .filter(one -> one.id().equals(directory.instance()))
          .forEach(one -> copied.add(new Copied(one, directory)));
    }
    RunContext.failUnless(CopyCheck.judge(copied, source));
  }

  /**
   * Rewinds all of them, and returns those whose rewind failed. The data directory of such an
   * instance has its name again by then, and is fenced.
   */
  List<NotMade> rewind(List<Rated> instances, Call call) {
    return forEach(
        instances,
        rated -> {
          Copy request = request(rated, Way.REWIND, call);
          Optional<String> why = inWords(ended(request));
          if (why.isEmpty()) {
            place(rated, request);
          } else {
            copies.revert(request);
          }
          return why;
        });
  }

  /** Brings base backups to their place. */
  void place(List<Rated> instances, Call call) {
    List<NotMade> failed =
        forEach(
            instances,
            rated -> {
              place(rated, request(rated, Way.BASE_BACKUP, call));
              return Optional.empty();
            });
    if (!failed.isEmpty()) {
      throw RunbookStop.failed(FailureCode.OUTCOME_UNKNOWN, inWords(failed));
    }
  }

  /** Brings base backups of those to their place that could not be rewound; a sentence of each. */
  List<String> copiedInstead(List<NotMade> failed, Call call) {
    List<Rated> instances = failed.stream().map(NotMade::instance).toList();
    requireRoom(instances, call);
    copy(instances, call);
    place(instances, call);
    instances.forEach(one -> instead.add(one.instance().id()));
    return failed.stream()
        .map(
            one ->
                String.format(
                    "%s: the rewind failed (%s), a base backup was made instead",
                    one.instance().instance().id(), one.why()))
        .toList();
  }

  /** What it was made by in the end, or is to be. */
  RejoinMethod method(Rated rated) {
    return instead.contains(rated.instance().id())
        ? RejoinMethod.BASE_BACKUP
        : rated.choice().method();
  }

  private void place(Rated rated, Copy request) {
    String old = copies.place(ActivityPolicies.ENSURE, request).old();
    if (!old.isEmpty()) {
      chosen.proof(rated, "old directory", old);
    }
  }

  /** Takes back what was not placed. */
  void revert(List<Rated> instances, Call call) {
    for (Rated rated : instances) {
      copies.revert(request(rated, Way.BASE_BACKUP, call));
    }
  }

  /** Removes old directories that runs kept, but the newest. */
  void tidy(Rated rated, Call call) {
    copies.removeOld(request(rated, Way.BASE_BACKUP, call));
  }

  private static Optional<String> inWords(CopyAwaited ended) {
    return ended.state() == CopyState.DONE
        ? Optional.empty()
        : Optional.of(ended.state() + (ended.words().isEmpty() ? "" : ": " + ended.words()));
  }

  /**
   * Acts on all in parallel, on one host on no more than the policy says; all have ended before it
   * returns or throws.
   */
  private List<NotMade> forEach(List<Rated> instances, Function<Rated, Optional<String>> act) {
    return FanOut.onEach(instances, rated -> inItsSlot(rated, act)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<NotMade> inItsSlot(Rated rated, Function<Rated, Optional<String>> act) {
    WorkflowSemaphore slot =
        Objects.requireNonNull(slots.get(rated.instance().host()), "each host has its slots");
    slot.acquire();
    try {
      return act.apply(rated).map(why -> new NotMade(rated, why));
    } finally {
      slot.release();
    }
  }

  static String inWords(List<NotMade> failed) {
    List<String> words = new ArrayList<>();
    failed.forEach(one -> words.add(one.instance().instance().id() + ": " + one.why()));
    return String.join("; ", words);
  }

  private Copy request(Rated rated, Way way, Call call) {
    Instance instance = rated.instance();
    StreamingPolicy.Resilver limits = policy.resilver();
    return copies.copy(
        call,
        way,
        instance,
        new MemberActs(cluster)
            .upstream(chosen.primary(), Source.APPLICATION, chosen.freeSlot(rated)),
        chosen.elsewhere(),
        new CopyLimits(limits.bytesPerSecond(), limits.timeout(), limits.keepOld()));
  }
}
