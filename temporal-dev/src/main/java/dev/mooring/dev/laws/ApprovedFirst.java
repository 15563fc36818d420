package dev.mooring.dev.laws;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.failover.FailoverRule;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Law 9: an approval binds to the digest of a plan. Of a run that did what a person must approve,
 * the receipt says which person approved it, or as many persons as the cluster file asks for, by
 * which digest, and when: after the run had observed and before its first act. The digest is that
 * of a plan which stands in the receipt, made again of what stands there.
 */
final class ApprovedFirst implements Law {
  /** Steps of a setup, a removal or an adoption that a person approves. */
  private static final Set<String> GRAVE =
      Set.of(
          ReplicationStep.RESTART_PRIMARY.name(),
          ReplicationStep.STOP_WAITING.name(),
          ReplicationStep.DROP_SLOTS.name(),
          ReplicationStep.CLOSE_ACCESS.name(),
          ReplicationStep.DROP_ACCOUNT.name(),
          ReplicationStep.FENCE.name(),
          ReplicationStep.ADOPT.name());

  /** Steps of a Failback that heal; those behind its second approval move. */
  private static final Set<String> HEALING =
      Arrays.stream(FailbackStep.values())
          .filter(step -> step.compareTo(FailbackStep.APPROVE) < 0)
          .map(Enum::name)
          .collect(Collectors.toUnmodifiableSet());

  @Override
  public int number() {
    return 9;
  }

  @Override
  public List<String> against(Observed observed) {
    Optional<Cluster> file =
        ClusterFileParser.parse(Texts.text(observed.lab().clusterFile()))
            .match(Optional::of, problems -> Optional.empty());
    return observed.ran().stream().flatMap(ran -> of(ran, persons(file, ran)).stream()).toList();
  }

  /** How many persons had to approve; of a run under another file only that one did. */
  private static int persons(Optional<Cluster> file, Ran ran) {
    boolean alone =
        ran.decided(DecisionRecord.OVERRIDE)
            .anyMatch(one -> one.about().startsWith(FailoverRule.SECOND_PERSON.text()));
    return file.filter(one -> one.digest().equals(ran.receipt().asked().clusterFileDigest()))
        .filter(one -> !alone)
        .map(one -> one.approvals().persons(ran.runbook()))
        .orElse(1);
  }

  static List<String> of(Ran ran) {
    return of(ran, 1);
  }

  static List<String> of(Ran ran, int persons) {
    List<String> against = new ArrayList<>();
    ran.decided("approve")
        .filter(one -> one.by().isBlank() || !isPlanned(ran, one.about()))
        .forEach(
            one ->
                against.add(
                    "%s was approved by '%s' of digest '%s': by nobody, or of no plan in its receipt"
                        .formatted(ran.name(), one.by(), one.about())));
    for (Needed needed : needed(ran)) {
      List<DecisionRecord> approvals = ran.decided("approve").filter(needed::isMetBy).toList();
      if (approvals.isEmpty()) {
        against.add(
            "%s did %s at %s, and nobody had approved its plan"
                .formatted(ran.name(), needed.act(), needed.until()));
      }
      long approvers = approvals.stream().map(DecisionRecord::by).distinct().count();
      if (approvers > 0 && approvers < persons) {
        against.add(
            "%s did %s, approved by %d of %d persons"
                .formatted(ran.name(), needed.act(), approvers, persons));
      }
      String asker = ran.receipt().asked().by();
      if (needed.byAnother()
          && !approvals.isEmpty()
          && approvals.stream().allMatch(one -> one.by().equals(asker))) {
        against.add("%s was approved by %s, who asked for it".formatted(ran.name(), asker));
      }
    }
    return against;
  }

  /** Whether a plan of that digest stands in the receipt, and is what the digest is of. */
  private static boolean isPlanned(Ran ran, String digest) {
    String file = ran.receipt().asked().clusterFileDigest();
    return ran.receipt().plans().stream()
        .filter(plan -> plan.digest().equals(digest))
        .map(plan -> Digest.of(List.of(plan.request(), file, plan.objects(), plan.steps())))
        .anyMatch(digest::equals);
  }

  /**
   * An approval that has to be there.
   *
   * @param act what it is for
   * @param from when the run had looked
   * @param until when the act was begun
   * @param byAnother whether nobody could approve it by the digest that the request carried
   */
  private record Needed(String act, Instant from, Instant until, boolean byAnother) {
    static Needed of(StepRecord act, Instant from, boolean byAnother) {
      return new Needed(act.step(), from, act.startedAt(), byAnother);
    }

    boolean isMetBy(DecisionRecord approval) {
      return !approval.at().isBefore(from) && !approval.at().isAfter(until);
    }
  }

  private static List<Needed> needed(Ran ran) {
    return Runbook.ofType(ran.runbook()).map(runbook -> needed(runbook, ran)).orElse(List.of());
  }

  private static List<Needed> needed(Runbook runbook, Ran ran) {
    return switch (runbook) {
      case SWITCHOVER -> first(ran.acts(), ofSwitchover(ran), false);
      case FAILBACK -> ofFailback(ran);
      case RESILVER ->
          ran.takesDataAway() ? first(ran.acts(), ran.beganAt("PLAN"), false) : List.of();
      case REPLICATION_SETUP -> ofSetup(ran);
      default ->
          runbook.changesRoles() ? first(ran.acts(), ran.beganAt("APPROVE"), false) : List.of();
    };
  }

  /** One that the digest in its request approves looks once, under the locks. */
  private static Instant ofSwitchover(Ran ran) {
    Instant approve = ran.beganAt("APPROVE");
    Instant looked = ran.beganAt("OBSERVE_AGAIN");
    return approve.isBefore(looked) ? approve : looked;
  }

  /** The first of them needs an approval that was given since. */
  private static List<Needed> first(List<StepRecord> acts, Instant since, boolean byAnother) {
    return acts.stream().limit(1).map(act -> Needed.of(act, since, byAnother)).toList();
  }

  /** What was healed and what was moved are approved each separately. */
  private static List<Needed> ofFailback(Ran ran) {
    List<StepRecord> healed = ran.acts(HEALING);
    List<StepRecord> moved =
        ran.acts().stream().filter(act -> !HEALING.contains(act.step())).toList();
    List<Needed> needed = new ArrayList<>(first(moved, ran.beganAt("APPROVE"), !healed.isEmpty()));
    if (ran.takesDataAway()) {
      needed.addAll(first(healed, ran.beganAt("APPROVE_RESILVER"), false));
    }
    return needed;
  }

  private static List<Needed> ofSetup(Ran ran) {
    boolean moved = ran.facts("done").anyMatch(done -> done.contains(": old data kept as "));
    return moved || !ran.acts(GRAVE).isEmpty()
        ? first(ran.acts(), ran.beganAt(ReplicationStep.OBSERVE_MEMBERS.name()), false)
        : List.of();
  }
}
