package dev.mooring.runbook;

import static dev.mooring.runbook.ApprovalSigner.ANNA;
import static dev.mooring.runbook.ApprovalSigner.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.topology.ApprovalPolicy;
import dev.mooring.topology.ApprovalPolicy.Approver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-27T18:00:00Z");
  private static final List<Approver> LISTED =
      List.of(new Approver("anna", ANNA.key()), new Approver("bob", BOB.key()));
  private static final ApprovalText TEXT = text("run-1", "4f2a91c0", NOW);

  private static ApprovalText text(String run, String plan, Instant at) {
    return new ApprovalText(
        "strait", "mooring:strait:failover", run, Decided.approval(plan), "anna", "seen", at);
  }

  private static ApprovalCheck check(boolean allowsUnsigned) {
    return of(new ApprovalPolicy(LISTED, allowsUnsigned, List.of()));
  }

  private static ApprovalCheck of(ApprovalPolicy policy) {
    return new ApprovalCheck(policy, "strait", "mooring:strait:failover", "run-1");
  }

  private static Decision unsigned(String by) {
    return new Decision(Decision.Word.APPROVE, "4f2a91c0", by, "seen");
  }

  private static Decision signed(String by, String signature, Instant at) {
    return new Decision(
        Decision.Word.APPROVE,
        "4f2a91c0",
        by,
        "seen",
        Optional.of(new Decision.Signed(signature, at)));
  }

  /** Its signature's key, none without a signature, or why it is refused. */
  private static String judged(ApprovalCheck check, Decision decision) {
    return check
        .judge(decision, "4f2a91c0", NOW)
        .match(
            proceed -> "counts" + proceed.conclusion().stream().map(one -> one.keyId()).toList(),
            notYet -> notYet.awaiting(),
            never -> never.reason());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_signature_counts_if_it_is_the_persons_of_this_run_and_plan(boolean allowsUnsigned) {
    ApprovalCheck check = check(allowsUnsigned);
    assertThat(judged(check, signed("anna", ANNA.sign(TEXT), NOW)))
        .matches("counts\\[[0-9a-f]{16}]");
    assertThat(judged(check, signed("anna", BOB.sign(TEXT), NOW))).contains("another key made it");
    assertThat(judged(check, signed("bob", BOB.sign(TEXT), NOW))).contains("is not bob's");
    assertThat(judged(check, signed("carol", ANNA.sign(TEXT), NOW)))
        .contains("signed as carol, and the approvers of the cluster file are anna, bob")
        .contains(allowsUnsigned ? "MOORING_APPROVAL_KEY=" : "one of them must approve");
    for (ApprovalText other :
        List.of(
            text("run-2", "4f2a91c0", NOW),
            text("run-1", "4f2a91c1", NOW),
            text("run-1", "4f2a91c0", NOW.minusSeconds(1)))) {
      assertThat(judged(check, signed("anna", ANNA.sign(other), NOW)))
          .contains("another run, plan, person, reason or time");
    }
  }

  @Test
  void a_signature_of_more_than_a_day_ago_is_refused() {
    Instant edge = NOW.minus(Duration.ofDays(1));
    Instant beyond = edge.minusMillis(1);
    assertThat(judged(check(false), at(edge))).startsWith("counts");
    assertThat(judged(check(false), at(beyond))).contains("was signed at " + beyond);
  }

  @Test
  void a_signature_of_a_later_time_is_refused() {
    Instant edge = NOW.plus(Duration.ofMinutes(5));
    Instant beyond = edge.plusMillis(1);
    assertThat(judged(check(false), at(edge))).startsWith("counts");
    assertThat(judged(check(false), at(beyond))).contains("was signed at " + beyond);
  }

  private static Decision at(Instant at) {
    return signed("anna", ANNA.sign(text("run-1", "4f2a91c0", at)), at);
  }

  @Test
  void without_a_signature_it_counts_where_the_file_allows_that() {
    assertThat(judged(check(true), unsigned("anna"))).isEqualTo("counts[]");
    assertThat(judged(check(false), unsigned("anna")))
        .contains("must be signed by one of anna, bob, got one by anna without a signature");
    assertThat(check(true).marksUnsigned(List.of())).isTrue();
  }

  @Test
  void where_no_approver_is_listed_nothing_is_verified_or_marked() {
    ApprovalCheck check = of(ApprovalPolicy.ANY_PERSON);
    assertThat(judged(check, unsigned("carol"))).isEqualTo("counts[]");
    assertThat(judged(check, signed("carol", ANNA.sign(TEXT), NOW))).isEqualTo("counts[]");
    assertThat(check.marksUnsigned(List.of())).isFalse();
  }

  /** No file gives that policy; were it lost on its way, nothing would be approved. */
  @Test
  void a_policy_without_its_fields_approves_nothing() {
    ApprovalCheck check = of(new ApprovalPolicy(List.of(), false, List.of()));
    assertThat(judged(check, unsigned("anna"))).startsWith("an approval must be signed");
  }

  private static String missing(ApprovalCheck check, String by, String digest, int persons) {
    return check
        .missing(new Approval(by, digest, "", Approval.USUALLY, persons), "4f2a91c0")
        .match(
            proceed -> proceed.conclusion() + " beside " + by,
            notYet -> notYet.awaiting(),
            never -> never.reason());
  }

  @Test
  void a_rule_that_the_approvers_can_not_meet_without_the_requester_is_refused() {
    assertThat(missing(check(false), "carol", "", 2)).isEqualTo("2 beside carol");
    assertThat(missing(check(false), "anna", "", 1)).isEqualTo("1 beside anna");
    assertThat(missing(check(false), "anna", "", 2))
        .isEqualTo(
            "plan 4f2a91c0 needs the signatures of 2 approvers other than anna, and the approvers"
                + " are anna, bob: start the run again with --digest 4f2a91c0, and anna may sign"
                + " too");
    assertThat(missing(check(false), "anna", "4f2a91c0", 2)).isEqualTo("2 beside anna");
    assertThat(missing(check(false), "Anna", "", 2)).contains("other than Anna");
  }

  @Test
  void where_unsigned_approvals_count_the_digest_is_one_of_two() {
    assertThat(missing(check(true), "alice", "", 2)).isEqualTo("2 beside alice");
    assertThat(missing(check(true), "alice", "4f2a91c0", 2)).isEqualTo("1 beside alice");
    assertThat(missing(check(true), "alice", "4f2a91c0", 1)).isEqualTo("0 beside alice");
  }
}
