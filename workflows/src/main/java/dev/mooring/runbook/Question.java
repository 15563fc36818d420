package dev.mooring.runbook;

import dev.mooring.evidence.Receipt.ApprovalSignature;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Optional;

/**
 * A question of a run to people.
 *
 * @param about the plan's digest for an approval, the step for a hold
 * @param words the words that answer it
 * @param unlessBy persons whose approval does not count
 * @param mayStartAgain whether one of them may approve by a new run with the plan's digest
 * @param attests what the reason of a roll-back must begin with; empty for nothing
 * @param overriding rules that an approval overrides
 * @param approvals judges an approval, or an attested loss; none if the question is neither
 */
record Question(
    String about,
    List<Decision.Word> words,
    List<String> unlessBy,
    boolean mayStartAgain,
    String attests,
    List<String> overriding,
    Optional<ApprovalCheck> approvals) {
  Question {
    words = List.copyOf(words);
    unlessBy = List.copyOf(unlessBy);
    overriding = List.copyOf(overriding);
  }

  /** Whether a plan is approved. */
  static Question approval(
      Plan plan,
      List<String> unlessBy,
      boolean mayStartAgain,
      List<String> overriding,
      ApprovalCheck approvals) {
    return new Question(
        plan.digest(),
        List.of(Decision.Word.APPROVE, Decision.Word.REJECT),
        unlessBy,
        mayStartAgain,
        "",
        overriding,
        Optional.of(approvals));
  }

  /** What to do with a step that holds. */
  static Question hold(
      String about, List<Decision.Word> words, String attests, Optional<ApprovalCheck> approvals) {
    return new Question(about, words, List.of(), false, attests, List.of(), approvals);
  }

  /** Whether the decision must be signed, where the cluster file wants signatures. */
  boolean needsAuthority(Decision decision) {
    return decision.word().needsAuthority(!attests.isEmpty());
  }

  /** The signature of a decision that counts; refuses one that does not. */
  List<ApprovalSignature> signature(Decision decision) {
    return approvals
        .orElseThrow()
        .judge(decision, about, RunbookRun.now())
        .match(
            Verdict.Proceed::conclusion,
            notYet -> {
              throw Deciding.refused(notYet.awaiting());
            },
            never -> {
              throw Deciding.refused(never.reason());
            });
  }

  /** Whether only a signature counts. */
  boolean isSigned() {
    return approvals.stream().anyMatch(ApprovalCheck::refusesUnsigned);
  }

  /** How many persons must attest a loss. */
  int persons() {
    return approvals
        .map(check -> check.policy().persons(Workflow.getInfo().getWorkflowType()))
        .orElse(1);
  }

  /** Whether the reason begins as it must and also says how that is known. */
  boolean isAttested(Decision decision) {
    return decision.reason().startsWith(attests)
        && decision.reason().strip().length() > attests.length();
  }
}
