package dev.mooring.dev.laws;

import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.runbook.failover.FailoverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run, from its receipt.
 *
 * @param receipt an intact receipt
 */
record Ran(Receipt receipt) {
  static final String DONE = "done";
  static final String FAILED = "failed: ";
  static final String UNDONE = "undone";
  private static final String PIVOT = "pivot";
  private static final Pattern BAD_COPY = Pattern.compile("copy [12] of 3");
  private static final Set<String> MOVES =
      Set.of(SwitchoverStep.TAKE_OVER.name(), FailoverStep.PROMOTE.name());

  private static final String FENCE_OF = "'s fence";

  /** The proofs of a fence in which no host took part. */
  private static final Set<String> FROM_OUTSIDE = Set.of("powered_off", "attested");

  /** The workflow type. */
  String runbook() {
    return receipt.run().runbook();
  }

  String outcome() {
    return receipt.ending().outcome();
  }

  /** Which one it was, for people. */
  String name() {
    return "%s %s (run %s)"
        .formatted(runbook(), receipt.run().workflowId(), receipt.run().originalRun());
  }

  /** Its changing acts, begun or done, in order. */
  List<StepRecord> acts() {
    return receipt.steps().stream().filter(step -> !step.verb().equals("observe")).toList();
  }

  /** Its acts of these steps. */
  List<StepRecord> acts(Set<String> steps) {
    return acts().stream().filter(step -> steps.contains(step.step())).toList();
  }

  /** Whether that step was begun. */
  boolean began(String step) {
    return receipt.steps().stream().anyMatch(one -> one.step().equals(step));
  }

  /** When a step was begun; later than anything if it was not. */
  Instant beganAt(String step) {
    return receipt.steps().stream()
        .filter(one -> one.step().equals(step))
        .map(StepRecord::startedAt)
        .findFirst()
        .orElse(Instant.MAX);
  }

  /** People's decisions of that kind. */
  Stream<DecisionRecord> decided(String word) {
    return receipt.decisions().stream().filter(one -> one.decision().equals(word));
  }

  /** Whether that instance was to be copied, or a proof names it. */
  boolean tellsOf(String instance) {
    return receipt.plans().stream()
            .anyMatch(plan -> plan.objects().contains(instance + ": base backup"))
        || receipt.seen().proofs().stream().anyMatch(proof -> proof.subject().equals(instance));
  }

  /** Each value of that fact, of whatever it was proved. */
  Stream<String> facts(String name) {
    return receipt.seen().proofs().stream()
        .flatMap(proof -> proof.facts().stream())
        .filter(fact -> fact.name().equals(name))
        .map(Fact::value);
  }

  /** How many copies were seen to have ended badly, and were not the last that it tries. */
  long copiesBegunAnew() {
    return receipt.seen().proofs().stream()
        .flatMap(proof -> proof.facts().stream())
        .filter(fact -> BAD_COPY.matcher(fact.name()).matches())
        .count();
  }

  /** Whether it promoted an instance and observed the promotion. */
  boolean moved() {
    return acts().stream().anyMatch(act -> act.verb().equals(PIVOT) && isMove(act));
  }

  private static boolean isMove(StepRecord act) {
    return MOVES.contains(act.step()) && act.result().equals(DONE);
  }

  /** Whether Patroni moved the primary: its leader lock is the fence. */
  boolean movedByPatroni() {
    return facts("state").anyMatch(state -> state.startsWith("leader of Patroni"));
  }

  /** Whether the old primary was fenced by means that its host knows nothing of. */
  boolean fencedFromOutside() {
    return fences().noneMatch(Ran::isOnItsHost)
        && fences().flatMap(proof -> proof.facts().stream()).anyMatch(Ran::isFromOutside);
  }

  private static boolean isOnItsHost(ProofRecord fence) {
    return fence.facts().stream().noneMatch(Ran::isFromOutside);
  }

  private static boolean isFromOutside(Fact fact) {
    return FROM_OUTSIDE.contains(fact.name());
  }

  /** The primary that it fenced on its host: it ended in order, or its end was proved there. */
  Optional<String> takenOff() {
    return fences()
        .filter(Ran::isOnItsHost)
        .map(fence -> fence.subject().replace(FENCE_OF, ""))
        .findFirst()
        .or(() -> whose("state", "shut down"));
  }

  private Stream<ProofRecord> fences() {
    return receipt.seen().proofs().stream().filter(proof -> proof.subject().endsWith(FENCE_OF));
  }

  /** The subject of the last such proof. */
  Optional<String> whose(String fact, String value) {
    return receipt.seen().proofs().stream()
        .filter(proof -> proof.facts().contains(new Fact(fact, value)))
        .map(ProofRecord::subject)
        .reduce((one, later) -> later);
  }

  /** Whether an instance was, or was to be, rewound or created again. */
  boolean takesDataAway() {
    return facts("method").anyMatch(method -> !method.startsWith("FOLLOW"));
  }
}
