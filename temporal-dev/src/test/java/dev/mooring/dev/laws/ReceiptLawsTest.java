package dev.mooring.dev.laws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Asked;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.PlanRecord;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.evidence.Receipt.RunReference;
import dev.mooring.evidence.Receipt.Seen;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.runbook.Scenario;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.Digest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The laws that are read from receipts hold for every run whose history is kept, and catch each of
 * these receipts once it is changed on purpose.
 */
class ReceiptLawsTest {
  private static final Path HISTORIES = Path.of("../workflows/src/test/resources/histories");
  private static final String RETURNED = "failback/completed";
  private static final String FAILED_OVER = "failover/completed";
  private static final String MOVED = "switchover/completed";
  private static final String WENT_BACK = "switchover/rolled-back";
  private static final String REWOUND = "resilver/rewound";
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
  private static final PlanRecord NO_OBJECTS =
      new PlanRecord(
          Digest.of(List.of("a setup", "", List.of(), List.of())),
          "a setup",
          List.of(),
          List.of(),
          List.of());

  @Test
  void all_hold_over_every_run_that_is_kept() throws IOException {
    List<Ran> runs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(HISTORIES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        receipts(Files.readString(file)).map(Ran::new).forEach(runs::add);
      }
    }

    assertThat(runs).extracting(Ran::runbook).contains("Switchover", "Failback", "Resilver");
    assertThat(runs)
        .allSatisfy(
            ran -> {
              assertThat(ApprovedFirst.of(ran)).isEmpty();
              assertThat(TakenBack.of(ran)).isEmpty();
              assertThat(OverriddenByName.of(ran)).isEmpty();
              assertThat(LostWalKept.of(ran)).isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {MOVED, RETURNED, REWOUND, "resilver/copied", WENT_BACK})
  void law_9_catches_a_run_that_nobody_approved(String history) throws IOException {
    assertThat(ApprovedFirst.of(decidedBy(kept(history), List.of())))
        .isNotEmpty()
        .allMatch(what -> what.endsWith("nobody had approved its plan"));
  }

  @ParameterizedTest
  @ValueSource(strings = {MOVED, RETURNED, REWOUND})
  void law_9_catches_an_approval_that_came_after_the_first_act(String history) throws IOException {
    Receipt receipt = kept(history);
    List<DecisionRecord> late =
        receipt.decisions().stream()
            .map(one -> decision(one, one.about(), one.by(), receipt.ending().at().plusSeconds(1)))
            .toList();

    assertThat(ApprovedFirst.of(decidedBy(receipt, late))).isNotEmpty();
  }

  @Test
  void law_9_catches_a_move_back_that_only_what_it_healed_was_approved_for() throws IOException {
    Receipt receipt = kept(RETURNED);

    assertThat(ApprovedFirst.of(decidedBy(receipt, receipt.decisions().subList(0, 1))))
        .singleElement()
        .asString()
        .contains("did PREPARE_SLOTS at");
  }

  @Test
  void law_9_catches_whoever_approves_what_they_asked_for() throws IOException {
    Receipt receipt = kept(RETURNED);
    String asker = receipt.asked().by();
    List<DecisionRecord> own =
        receipt.decisions().stream()
            .map(one -> decision(one, one.about(), asker, one.at()))
            .toList();

    assertThat(ApprovedFirst.of(decidedBy(receipt, own)))
        .singleElement()
        .asString()
        .endsWith("was approved by alice, who asked for it");
  }

  @Test
  void law_9_catches_one_approval_of_two_and_takes_the_askers_beside_another() throws IOException {
    Receipt receipt = kept(RETURNED);
    List<DecisionRecord> both = new ArrayList<>(receipt.decisions());
    receipt
        .decisions()
        .forEach(one -> both.add(decision(one, one.about(), receipt.asked().by(), one.at())));
    receipt.decisions().forEach(one -> both.add(decision(one, one.about(), "bob", one.at())));

    assertThat(ApprovedFirst.of(new Ran(receipt), 2))
        .isNotEmpty()
        .allMatch(what -> what.endsWith("approved by 1 of 2 persons"));
    assertThat(ApprovedFirst.of(decidedBy(receipt, both), 2)).isEmpty();
  }

  @Test
  void law_9_catches_an_approval_by_nobody_or_of_nothing() throws IOException {
    Receipt receipt = kept(MOVED);
    DecisionRecord own = receipt.decisions().get(0);

    assertThat(
            ApprovedFirst.of(decidedBy(receipt, List.of(decision(own, own.about(), "", own.at())))))
        .isNotEmpty();
    assertThat(ApprovedFirst.of(decidedBy(receipt, List.of(decision(own, "", "ann", own.at())))))
        .isNotEmpty();
  }

  @Test
  void law_9_catches_an_approval_of_another_plan_than_stands_in_the_receipt() throws IOException {
    Receipt receipt = kept(MOVED);
    PlanRecord own = receipt.plans().get(0);
    List<String> objects = List.of("west-1: standby, becomes primary");
    PlanRecord other =
        new PlanRecord(own.digest(), own.request(), objects, own.steps(), own.measured());

    assertThat(ApprovedFirst.of(new Ran(receipt))).isEmpty();
    assertThat(ApprovedFirst.of(new Ran(planned(receipt, List.of(other))))).hasSize(1);
    assertThat(ApprovedFirst.of(new Ran(planned(receipt, List.of())))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESTART_PRIMARY",
        "STOP_WAITING",
        "DROP_SLOTS",
        "CLOSE_ACCESS",
        "DROP_ACCOUNT",
        "FENCE",
        "ADOPT"
      })
  void law_9_catches_a_removal_a_restart_or_an_adoption_that_nobody_approved(String step) {
    Receipt done =
        setup("", List.of(step("OBSERVE_MEMBERS", "observe", "done"), act(step, "done")));

    assertThat(ApprovedFirst.of(new Ran(done))).singleElement().asString().contains("did " + step);
    assertThat(ApprovedFirst.of(decidedBy(done, List.of(approval())))).isEmpty();
  }

  @Test
  void law_9_catches_a_setup_that_moved_data_aside_and_nobody_approved() {
    List<StepRecord> steps =
        List.of(step("OBSERVE_MEMBERS", "observe", "done"), act("PLACE_COPIES", "done"));
    Fact old = new Fact("done", "west-0: old data kept as /data.mooring-old-1");
    Receipt moved = seen(setup("", steps), List.of(new ProofRecord("changed", List.of(old))));

    assertThat(ApprovedFirst.of(new Ran(setup("", steps)))).isEmpty();
    assertThat(ApprovedFirst.of(new Ran(moved))).hasSize(1);
    assertThat(ApprovedFirst.of(decidedBy(moved, List.of(approval())))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"PREPARE_SLOTS", "PREPARE_SYNCHRONOUS", "PREPARE_ENDPOINTS", "PAUSE", "HAND_OVER"})
  void law_8_catches_a_step_of_a_move_that_was_not_taken_back(String step) throws IOException {
    Receipt receipt = without(kept(WENT_BACK), one -> isUndoneOf(step, one));

    assertThat(TakenBack.of(new Ran(receipt)))
        .singleElement()
        .asString()
        .endsWith("does not say that " + step + " was undone");
  }

  /** Preparations may stay; that clients are paused, or the primary is down, may not. */
  @ParameterizedTest
  @CsvSource({"PREPARE_SLOTS, 0", "PREPARE_SYNCHRONOUS, 0", "PAUSE, 1", "HAND_OVER, 1"})
  void law_8_catches_an_outage_that_was_left_in_place(String step, int caught) throws IOException {
    Receipt receipt = kept(WENT_BACK);
    List<StepRecord> steps =
        receipt.steps().stream()
            .map(
                one ->
                    isUndoneOf(step, one)
                        ? new StepRecord(
                            step, one.verb(), one.startedAt(), one.endedAt(), "left in place")
                        : one)
            .toList();

    assertThat(TakenBack.of(new Ran(withSteps(receipt, steps)))).hasSize(caught);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SLOTS", "COPY"})
  void law_8_catches_what_a_copy_that_failed_left(String step) throws IOException {
    Receipt receipt = without(kept("resilver/failed-copy"), one -> isUndoneOf(step, one));

    assertThat(TakenBack.of(new Ran(receipt))).hasSize(1);
  }

  @Test
  void law_8_catches_an_undo_that_came_before_its_step() {
    StepRecord undone = act("MAKE_SLOTS", Ran.UNDONE);
    StepRecord done =
        new StepRecord("MAKE_SLOTS", "step", AT.plusSeconds(5), AT.plusSeconds(6), Ran.DONE);

    assertThat(TakenBack.of(new Ran(setup("", List.of(undone, done))))).hasSize(1);
    assertThat(TakenBack.of(new Ran(setup("", List.of(act("MAKE_SLOTS", "done"), undone)))))
        .isEmpty();
  }

  @Test
  void law_12_catches_a_rule_that_was_broken_without_its_name_a_person_or_a_reason() {
    Receipt asked = setup(", overriding newer-timeline, restart", List.of());

    assertThat(OverriddenByName.of(decidedBy(asked, List.of(override("restart: w", "ann", "why")))))
        .isEmpty();
    assertThat(OverriddenByName.of(decidedBy(asked, List.of(override("other-writer", "ann", "y")))))
        .singleElement()
        .asString()
        .endsWith("broke other-writer, its request named [newer-timeline, restart]");
    assertThat(OverriddenByName.of(decidedBy(asked, List.of(override("restart", "", "why")))))
        .hasSize(1);
    assertThat(OverriddenByName.of(decidedBy(asked, List.of(override("restart", "ann", " ")))))
        .hasSize(1);
  }

  @Test
  void law_12_catches_a_restart_that_nobody_allowed_by_its_name() {
    Receipt restarted = setup(", overriding restart", List.of(act("RESTART_PRIMARY", "done")));

    assertThat(OverriddenByName.of(new Ran(restarted))).hasSize(1);
    assertThat(
            OverriddenByName.of(decidedBy(restarted, List.of(override("restart: a", "ann", "y")))))
        .isEmpty();
  }

  @Test
  void law_13_catches_a_rewind_of_what_parted_that_kept_no_wal() throws IOException {
    Receipt receipt = kept(REWOUND);
    List<ProofRecord> unkept =
        receipt.seen().proofs().stream()
            .map(
                proof ->
                    new ProofRecord(
                        proof.subject(),
                        proof.facts().stream()
                            .filter(fact -> !fact.name().equals("WAL kept"))
                            .toList()))
            .toList();

    assertThat(LostWalKept.of(new Ran(seen(receipt, unkept))))
        .hasSize(2)
        .allMatch(what -> what.endsWith("kept no WAL of it"));
  }

  @Test
  void law_7_allows_a_copy_once_more_for_each_that_its_receipt_says_ended_badly() {
    Receipt receipt = kept("resilver/copied");
    ProofRecord badly =
        new ProofRecord(
            "west-0",
            List.of(new Fact("copy 1 of 3", "DIED"), new Fact("copy 2 of 3", "FAILED: cut off")));

    assertThat(DoneOnce.mayCopy(new Ran(receipt), 1)).isEqualTo(1);
    assertThat(DoneOnce.mayCopy(new Ran(seen(receipt, List.of(badly))), 1)).isEqualTo(3);
  }

  @Test
  void law_11_looks_at_the_host_of_whoever_a_move_or_a_fence_there_took_off() throws IOException {
    for (String history : List.of(MOVED, RETURNED, FAILED_OVER)) {
      Ran ran = new Ran(kept(history));

      assertThat(ran.moved()).as(history).isTrue();
      assertThat(ran.takenOff()).as(history).isPresent();
      assertThat(ran.fencedFromOutside() || ran.movedByPatroni()).as(history).isFalse();
    }
    assertThat(new Ran(kept(FAILED_OVER)).takenOff()).contains("east-0");
    assertThat(new Ran(kept("failover/rolled-back")).moved()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"failover/powered-off", "failover/attested"})
  void law_11_claims_nothing_of_a_host_that_took_no_part_in_the_fence(String history)
      throws IOException {
    Ran ran = new Ran(kept(history));

    assertThat(ran.moved()).isTrue();
    assertThat(ran.fencedFromOutside()).isTrue();
    assertThat(ran.takenOff()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"failover/by-patroni", "switchover/by-patroni"})
  void law_11_claims_nothing_of_what_patroni_moved(String history) throws IOException {
    assertThat(new Ran(kept(history)).movedByPatroni()).isTrue();
  }

  private static boolean isUndoneOf(String step, StepRecord record) {
    return record.step().equals(step) && record.result().equals(Ran.UNDONE);
  }

  /** The receipt that the run of that history wrote. */
  private static Receipt kept(String history) {
    return receipts(Scenario.history(history)).findFirst().orElseThrow();
  }

  private static Stream<Receipt> receipts(String history) {
    return WorkflowExecutionHistory.fromJson(history).getEvents().stream()
        .filter(event -> event.hasActivityTaskScheduledEventAttributes())
        .map(event -> event.getActivityTaskScheduledEventAttributes())
        .filter(scheduled -> scheduled.getActivityType().getName().equals("EnsureReceipt"))
        .map(
            scheduled ->
                RunbookDataConverter.create()
                    .fromPayloads(
                        0,
                        Optional.of(scheduled.getInput()),
                        EnsureReceipt.class,
                        EnsureReceipt.class)
                    .receipt());
  }

  private static Ran decidedBy(Receipt receipt, List<DecisionRecord> decisions) {
    return new Ran(
        new Receipt(
            receipt.run(),
            receipt.asked(),
            receipt.ending(),
            receipt.steps(),
            receipt.seen(),
            decisions,
            receipt.plans()));
  }

  private static Receipt planned(Receipt receipt, List<PlanRecord> plans) {
    return new Receipt(
        receipt.run(),
        receipt.asked(),
        receipt.ending(),
        receipt.steps(),
        receipt.seen(),
        receipt.decisions(),
        plans);
  }

  private static Receipt without(Receipt receipt, Predicate<StepRecord> gone) {
    return withSteps(receipt, receipt.steps().stream().filter(gone.negate()).toList());
  }

  private static Receipt withSteps(Receipt receipt, List<StepRecord> steps) {
    return new Receipt(
        receipt.run(),
        receipt.asked(),
        receipt.ending(),
        steps,
        receipt.seen(),
        receipt.decisions(),
        receipt.plans());
  }

  private static Receipt seen(Receipt receipt, List<ProofRecord> proofs) {
    return new Receipt(
        receipt.run(),
        receipt.asked(),
        receipt.ending(),
        receipt.steps(),
        new Seen(proofs, List.of(), receipt.seen().consume()),
        receipt.decisions(),
        receipt.plans());
  }

  private static DecisionRecord decision(DecisionRecord like, String about, String by, Instant at) {
    return new DecisionRecord(like.decision(), about, by, like.reason(), at);
  }

  private static DecisionRecord approval() {
    return new DecisionRecord("approve", NO_OBJECTS.digest(), "ann", "", AT);
  }

  private static DecisionRecord override(String rule, String by, String reason) {
    return new DecisionRecord(DecisionRecord.OVERRIDE, rule, by, reason, AT);
  }

  private static StepRecord act(String step, String result) {
    return step(step, "step", result);
  }

  private static StepRecord step(String step, String verb, String result) {
    return new StepRecord(step, verb, AT, AT, result);
  }

  /** A ReplicationSetup that failed after these steps. */
  private static Receipt setup(String overriding, List<StepRecord> steps) {
    return new Receipt(
        new RunReference("ReplicationSetup", new ClusterName("strait"), "east", "id", "r"),
        new Asked("ReplicationSetup of strait, SETUP all standbys" + overriding, "ann", "", ""),
        new Receipt.Ending("FAILED", "", "", "", AT),
        steps,
        new Seen(List.of(), List.of(), new ConsumeRecord.None()),
        List.of(),
        List.of(NO_OBJECTS));
  }
}
