package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.ArchiveObservations;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.BriefLook;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Observations beside those that a failover waits for: the surroundings of members, where the WAL
 * of silent standbys ends, and what archives have beyond them. Late answers are not waited for; of
 * those in time, something missing on the candidate's host blocks.
 */
final class ObservationsBeside {
  /** A healthy member has answered by then: it was asked while the run waited for others. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final BriefLook look;
  private final Duration answeredWithin;
  private final Map<Instance, Promise<ReadinessObserved>> asked = new LinkedHashMap<>();
  private final List<Promise<List<WalHeld>>> held = new ArrayList<>();
  private Optional<ArchiveObservations> archives = Optional.empty();

  ObservationsBeside(Cluster cluster, Duration answeredWithin) {
    this.cluster = cluster;
    this.answeredWithin = answeredWithin;
    this.look = new BriefLook(cluster, answeredWithin);
  }

  /** Begins to read what each member needs on its host. */
  void begin(Call call) {
    for (Instance member : cluster.members()) {
      asked.put(member, look.readiness(call, member));
    }
  }

  /**
   * Adds the surroundings of the hosts that were read. Members that gave no other answer are not
   * waited for.
   *
   * @param toPlan whether it is step OBSERVE, not a watch or an observation under the locks: then
   *     the archives are read too
   */
  ObservedMembers around(Call call, ObservedMembers all, boolean toPlan) {
    List<Promise<ReadinessObserved>> answering =
        asked.keySet().stream()
            .filter(member -> all.member(member).isPresent())
            .map(asked::get)
            .toList();
    Workflow.await(GRACE, () -> answering.stream().allMatch(Promise::isCompleted));
    List<ReadinessObserved> reported =
        answering.stream().filter(Promise::isCompleted).map(Promise::get).toList();
    if (toPlan) {
      archives = Optional.of(begun(call, all));
    }
    return all.with(look.around(call, all, reported));
  }

  /** Begins to read where the WAL of standbys ends that answer no SQL but whose hosts answer. */
  void beginHeld(Call call, ObservedMembers all, Instance old) {
    cluster.members().stream()
        .filter(member -> !member.equals(old))
        .filter(member -> all.member(member).isEmpty() && all.role(member).isPresent())
        .forEach(member -> held.add(held(call, member)));
  }

  private Promise<List<WalHeld>> held(Call call, Instance member) {
    FailoverActivities port =
        Workflow.newActivityStub(
            FailoverActivities.class,
            ActivityPolicies.lookDespiteLoss(
                ActivityPolicies.queueOf(member.site()),
                "read where the WAL of " + member.id() + " ends",
                answeredWithin));
    ObserveWal request = new ObserveWal(call, WorkLists.on(cluster, member));
    return Async.function(port::observeWal, request)
        .thenApply(WalObserved::held)
        .exceptionally(
            failure -> {
              FanOut.silent(List.of(member), failure);
              return List.of();
            });
  }

  /** The WAL ends that arrived by now. */
  List<WalHeld> held() {
    if (held.isEmpty()) {
      return List.of();
    }
    Workflow.await(GRACE, () -> held.stream().allMatch(Promise::isCompleted));
    return held.stream()
        .filter(Promise::isCompleted)
        .flatMap(reported -> reported.get().stream())
        .toList();
  }

  private ArchiveObservations begun(Call call, ObservedMembers all) {
    ArchiveObservations looks =
        new ArchiveObservations(
            cluster,
            call,
            (queue, what) -> ActivityPolicies.lookDespiteLoss(queue, what, answeredWithin));
    for (Instance member : cluster.members()) {
      all.member(member)
          .filter(seen -> seen.standing().inRecovery())
          .ifPresent(
              seen ->
                  all.role(member)
                      .map(role -> role.control().identity().layout().walSegmentSize())
                      .ifPresent(
                          size ->
                              looks.begin(
                                  member,
                                  "look at what the archive has beyond " + member.id(),
                                  seen,
                                  size,
                                  List.of(furthest(seen, size)))));
    }
    return looks;
  }

  /** The last WAL file of one archive read, which begins with the standby's current file. */
  static WalFileName furthest(MemberObserved standby, WalSegmentSize size) {
    WalFileName own = inIt(standby, size);
    long last = own.segmentNumber(size) + ArchiveActivities.RECENT_FILES - 1;
    return WalFileName.of(own.timeline(), last, size);
  }

  /** The WAL file in which the standby's received WAL ends. */
  static WalFileName inIt(MemberObserved standby, WalSegmentSize size) {
    return WalFileName.containing(
        standby.standing().timeline(), standby.standing().received(), size);
  }

  /** Adds the archive answers that arrived by now; the other archives count as silent. */
  ObservedMembers heard(ObservedMembers all) {
    return archives.map(looks -> all.with(all.around().with(looks.heardWithin(GRACE)))).orElse(all);
  }
}
