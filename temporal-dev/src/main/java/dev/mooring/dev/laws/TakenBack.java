package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabFronts;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.replication.ReplicationStep;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Law 8: before the point of no return every step has an undo. Of a run that ended without having
 * passed it, the receipt shows after each step that has an undo that it was undone; and no
 * PgBouncer holds clients.
 */
final class TakenBack implements Law {
  private static final Set<String> OF_MOVE =
      names(
          EnumSet.of(
              SwitchoverStep.PREPARE_SLOTS,
              SwitchoverStep.PREPARE_SYNCHRONOUS,
              SwitchoverStep.DETACH,
              SwitchoverStep.PREPARE_ENDPOINTS,
              SwitchoverStep.PAUSE,
              SwitchoverStep.HAND_OVER));

  /** Healed instances stay so from REPLACE on, in a Failback too. */
  private static final Set<String> OF_HEALING =
      names(EnumSet.of(ResilverStep.SLOTS, ResilverStep.COPY));

  private static final String HEALED = ResilverStep.REPLACE.name();

  /** Without the role of a setup: a role that existed before stays. */
  private static final Set<String> OF_SETUP =
      names(
          EnumSet.of(
              ReplicationStep.SET_PRIMARY,
              ReplicationStep.OPEN_ACCESS,
              ReplicationStep.MAKE_SLOTS,
              ReplicationStep.BEGIN_COPIES,
              ReplicationStep.SET_SYNCHRONOUS,
              ReplicationStep.STOP_WAITING,
              ReplicationStep.CLOSE_ACCESS));

  private static final Map<String, Set<String>> WITH_UNDO =
      Map.of(
          "Switchover", OF_MOVE,
          "Failover",
              union(OF_MOVE, Set.of(FailoverStep.FENCE.name(), FailoverStep.CUT_OFF.name())),
          "Failback", union(OF_MOVE, OF_HEALING),
          "Resilver", OF_HEALING,
          "ReplicationSetup", OF_SETUP);

  private static Set<String> names(EnumSet<?> steps) {
    return steps.stream().map(Enum::name).collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
  }

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
    Set<String> withUndo = WITH_UNDO.getOrDefault(ran.runbook(), Set.of());
    List<StepRecord> acts = ran.acts(withUndo);
    boolean stays = ran.began(HEALED);
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
        && undo.result().equals(Ran.UNDONE)
        && !undo.startedAt().isBefore(act.endedAt());
  }
}
