package dev.mooring.runbook;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.Receipt.ApprovalSignature;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ApprovalPolicy;
import dev.mooring.topology.ApprovalPolicy.Approver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Judges whether an approval counts by the cluster file that the plan was made from: a signature
 * must be that of the listed person, and of this run and this plan.
 *
 * @param policy of that file
 * @param run the original run id
 */
record ApprovalCheck(ApprovalPolicy policy, String cluster, String workflowId, String run) {
  private static final Duration OLDEST = Duration.ofHours(24);

  /** How far the signer's clock may be ahead of Temporal's. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** Whether only a signature approves. */
  boolean refusesUnsigned() {
    return !policy.allowsUnsigned();
  }

  /** Whether the digest in a request is an approval of its plan. */
  boolean isApproval(Approval brings) {
    return !brings.digest().isEmpty() && (brings.byTheFile() || policy.allowsUnsigned());
  }

  /** The requester, unless the request has the digest of a plan and the requester may sign it. */
  List<String> unlessBy(Approval brings) {
    return !brings.by().isEmpty() && (brings.digest().isEmpty() || isApproval(brings))
        ? List.of(brings.by())
        : List.of();
  }

  /**
   * How many persons must approve beside the digest in the request; never if too few may sign: no
   * wait would end with an approval.
   *
   * @param plan the whole digest of the run's plan; empty if it has none yet, nor takes its digest
   */
  Verdict<Integer> missing(Approval brings, String plan) {
    int missing = brings.persons() - (isApproval(brings) ? 1 : 0);
    List<String> unlessBy = unlessBy(brings);
    if (!refusesUnsigned() || signers(unlessBy).size() >= missing) {
      return Verdict.proceed(missing);
    }
    String by = String.join(", ", unlessBy);
    return refused(
        String.format(
            "%s needs the signature%s of %d approver%s other than %s, and the approvers are %s: %s",
            plan.isEmpty() ? "this run" : "plan " + plan,
            missing == 1 ? "" : "s",
            missing,
            missing == 1 ? "" : "s",
            by,
            names(),
            plan.isEmpty()
                ? "another person must start it, or the cluster file must list another approver"
                : "start the run again with --digest " + plan + ", and " + by + " may sign too"));
  }

  /** The approvers other than these persons. */
  List<String> signers(List<String> unlessBy) {
    return policy.approvers().stream()
        .map(Approver::name)
        .filter(name -> !isOneOf(unlessBy, name))
        .toList();
  }

  /** Whether that name is one of these persons': letter case and blanks make no other person. */
  static boolean isOneOf(List<String> persons, String name) {
    return persons.stream().anyMatch(one -> one.strip().equalsIgnoreCase(name.strip()));
  }

  private String names() {
    return String.join(", ", signers(List.of()));
  }

  /**
   * Judges an approval, or the attestation of a loss.
   *
   * @param about the whole digest of the run's plan, or the step that is rolled back
   * @param now workflow time
   * @return the signature; none if it counts without one
   */
  Verdict<List<ApprovalSignature>> judge(Decision decision, String about, Instant now) {
    if (policy.approvers().isEmpty() && policy.allowsUnsigned()) {
      return Verdict.proceed(List.of());
    }
    if (decision.signed().isPresent()) {
      return signed(decision, decision.signed().get(), about, now);
    }
    return policy.allowsUnsigned()
        ? Verdict.proceed(List.of())
        : refused(
            String.format(
                "%s must be signed by one of %s, got one by %s without a signature: %s signs it with"
                    + " the person's key",
                decision.word() == Decision.Word.APPROVE ? "an approval" : "an attested roll-back",
                names(),
                decision.by(),
                command(decision, about)));
  }

  private String command(Decision decision, String about) {
    return decision.word() == Decision.Word.APPROVE
        ? String.format(
            "`mooring approve %s --digest %s --reason WHY --by NAME --key FILE`", workflowId, about)
        : String.format("`mooring roll-back %s --reason WHY --by NAME --key FILE`", workflowId);
  }

  private Verdict<List<ApprovalSignature>> signed(
      Decision decision, Decision.Signed signed, String about, Instant now) {
    Optional<Approver> approver = policy.named(decision.by());
    if (approver.isEmpty()) {
      return refused(
          String.format(
              "the approval is signed as %s, and the approvers of the cluster file are %s:" + " %s",
              decision.by(),
              names(),
              policy.allowsUnsigned()
                  ? "set MOORING_APPROVAL_KEY= (empty) to send it without a signature"
                  : "one of them must approve"));
    }
    if (signed.at().isBefore(now.minus(OLDEST)) || signed.at().isAfter(now.plus(AHEAD))) {
      return refused(
          String.format(
              "it was signed at %s, and it is %s now: at most 24 hours may lie between them, and 5"
                  + " minutes the other way: sign it again, with the clock set",
              signed.at(), now));
    }
    return text(decision, signed, about)
        .signedWith(approver.get().key(), signed.signature())
        .map(id -> new ApprovalSignature(id, signed.signature(), signed.at()))
        .map(one -> Verdict.proceed(List.of(one)))
        .orElseGet(
            () ->
                refused(
                    String.format(
                        "the signature is not %s's of %s %s in run %s: another key made it, or it"
                            + " is of another run, plan, person, reason or time; sign with"
                            + " the private half of the key that the cluster file lists for %s",
                        decision.by(),
                        decision.word() == Decision.Word.APPROVE ? "plan" : "step",
                        about,
                        run,
                        decision.by())));
  }

  private ApprovalText text(Decision decision, Decision.Signed signed, String about) {
    return new ApprovalText(
        cluster,
        workflowId,
        run,
        new ApprovalText.Decided(decision.word().typed(), about),
        decision.by(),
        decision.reason(),
        signed.at());
  }

  private static <T> Verdict<T> refused(String sentence) {
    return Verdict.never(FailureCode.NOT_APPROVED, sentence);
  }

  /** Whether an approval with that signature is to be marked as one without. */
  boolean marksUnsigned(List<ApprovalSignature> signature) {
    return signature.isEmpty() && !policy.approvers().isEmpty();
  }
}
