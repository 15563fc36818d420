package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabFronts;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Law 8: before the point of no return every step has an undo. Of a run that ended without having
 * passed it, the receipt shows after each step that has an undo that it was undone; and no
 * PgBouncer holds clients.
 */
final class TakenBack implements Law {
  /** Healed instances stay so from REPLACE on, in a Failback too. */
  private static final Set<String> OF_HEALING =
      Set.of(ResilverStep.SLOTS.name(), ResilverStep.COPY.name());

  private static final String RESILVERED = ResilverStep.REPLACE.name();

  /** A role that existed before a setup stays. */
  private static final String ROLE = ReplicationStep.MAKE_ACCOUNT.name();

  /** Whose undo may leave what it did, and say so. A switchover always ends its outage. */
  private static final Set<String> MAY_STAY =
      Stream.<Step>of(
              FailoverStep.FENCE,
              FailoverStep.CUT_OFF,
              SwitchoverStep.PREPARE_ENDPOINTS,
              SwitchoverStep.DETACH,
              SwitchoverStep.PREPARE_SLOTS,
              SwitchoverStep.PREPARE_SYNCHRONOUS,
              ReplicationStep.SET_PRIMARY,
              ReplicationStep.OPEN_ACCESS,
              ReplicationStep.MAKE_SLOTS,
              ReplicationStep.BEGIN_COPIES,
              ReplicationStep.RECORD_RELAXATION,
              ReplicationStep.SET_SYNCHRONOUS,
              ReplicationStep.STOP_WAITING)
          .map(Step::name)
          .collect(Collectors.toUnmodifiableSet());

  @Override
  public int number() {
    return 8;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    observed.ran().forEach(ran -> against.addAll(of(ran)));
    boolean givenUp = observed.ran().stream().anyMatch(ran -> ran.outcome().equals("STUCK"));
    observed.lab().fronts().map(givenUp ? LabFronts::heldForGood : LabFronts::heldByPooler).stream()
        .flatMap(List::stream)
        .forEach(database -> against.add("PgBouncer holds the clients of " + database));
    return against;
  }

  static List<String> of(Ran ran) {
    if (!wentBack(ran)) {
      return List.of();
    }
    List<StepRecord> acts = ran.acts(withUndo(ran.runbook()));
    boolean stays = ran.began(RESILVERED);
    return acts.stream()
        .filter(act -> act.result().equals(Ran.DONE) || act.result().startsWith(Ran.FAILED))
        .filter(act -> !(stays && OF_HEALING.contains(act.step())))
        .filter(act -> acts.stream().noneMatch(other -> undoes(other, act)))
        .map(
            act ->
                "%s ended %s, and does not say that %s was undone"
                    .formatted(ran.name(), ran.outcome(), act.step()))
        .distinct()
        .toList();
  }

  private static Set<String> withUndo(String runbook) {
    return RunbookClasses.ALL.stream()
        .filter(one -> one.runbook().type().equals(runbook))
        .<Step>flatMap(one -> Stream.of(one.steps().getEnumConstants()))
        .filter(step -> step.verb() == StepVerb.STEP)
        .map(Step::name)
        .filter(step -> !step.equals(ROLE))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether everything is to be undone. A run that was rolled back out of its point of no return
   * has proved that nothing was done there; any other run that began it only goes forward.
   */
  private static boolean wentBack(Ran ran) {
    boolean passed =
        ran.acts().stream()
            .anyMatch(act -> !act.verb().equals("step") && act.result().equals(Ran.DONE));
    boolean tried = ran.acts().stream().anyMatch(act -> act.verb().equals("pivot"));
    return switch (ran.outcome()) {
      case "ROLLED_BACK" -> !passed;
      case "FAILED", "REFUSED" -> !tried;
      default -> false;
    };
  }

  private static boolean undoes(StepRecord undo, StepRecord act) {
    return undo.step().equals(act.step())
        && (undo.result().equals(Ran.UNDONE)
            || (undo.result().equals("left in place") && MAY_STAY.contains(act.step())))
        && !undo.startedAt().isBefore(act.endedAt());
  }
}
