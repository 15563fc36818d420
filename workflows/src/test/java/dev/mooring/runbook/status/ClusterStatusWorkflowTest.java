package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.FakeTrouble;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterStatusWorkflowTest {
  private static final RawRequest STATUS = Typed.json("{'cluster':'harbour'}");
  private static final RawRequest PUBLISH = STATUS;
  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  private final TestBed bed =
      new TestBed(Harbour.cluster(4, "archiveWait: PT30S", "archiveWait: PT1S")).keepTime();
  private final FakeTrouble trouble = bed.world().trouble();

  @AfterEach
  void close() {
    bed.close();
  }

  private static List<String> facts(StatusResult result) {
    return result.findings().stream()
        .filter(finding -> finding.verdict() != Judged.GOOD)
        .map(CheckRow::inShort)
        .toList();
  }

  @Test
  void a_moored_cluster_is_said_to_be_moored_by_one_look_at_everything() {
    String point = bed.publish(PUBLISH).restorePoint();
    bed.consume(CONSUME);

    StatusResult result = bed.status(STATUS);

    assertThat(result.headline())
        .startsWith("west is moored at " + point)
        .contains("4 of 4 proved", "east published " + point);
    assertThat(result.worst()).isEqualTo(Judged.GOOD);
    assertThat(result.instances()).hasSize(8);
    assertThat(result.instances())
        .filteredOn(row -> row.site().equals(Harbour.WEST))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked"));
    assertThat(bed.events("status").subList(0, 2))
        .containsExactly("scheduled ReadCluster", "completed ReadCluster");
    assertThat(bed.events("status").indexOf("completed ObserveInstances"))
        .isGreaterThan(lastScheduled());
  }

  /** Nothing is waited for before everything was asked. */
  private int lastScheduled() {
    List<String> events = bed.events("status");
    int last = 0;
    for (int i = 0; i < events.size(); i++) {
      last = events.get(i).startsWith("scheduled ") ? i : last;
    }
    return last;
  }

  /** Also if its primary was restarted since, so that the point has another reason too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_file_that_a_publish_found_undecodable_is_named_with_what_it_bars(boolean restarted) {
    bed.publish(PUBLISH);
    trouble.archiverStalls(1);
    TestBed.ended(() -> bed.publish(PUBLISH));
    String late = bed.world().lastReceipt().ending().restorePoint();
    trouble.archiverWorks(1);
    WalFileName file =
        bed.world()
            .pending(new RestorePointName(late))
            .orElseThrow()
            .contents()
            .get(1)
            .target()
            .walFile();
    trouble.damageWal(1, file, true);
    if (restarted) {
      trouble.crashPrimary(1);
      trouble.restartPrimary(1);
    }
    TestBed.ended(() -> bed.publish(PUBLISH));

    assertThat(bed.status(STATUS).findings())
        .filteredOn(row -> row.id().equals("newest-point"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.subject()).isEqualTo(late);
              assertThat(row.verdict()).isEqualTo(Judged.WARNING);
              assertThat(row.seen())
                  .startsWith("made, and never became READY: ")
                  .contains("content 1: the archived bytes of " + file + " can't be decoded: ")
                  .contains("every later point needs it: put the file back as the primary wrote");
              assertThat(row.remedy()).isEqualTo("`mooring publish harbour`");
            });
  }

  @Test
  void a_file_that_a_consume_found_undecodable_is_named_with_its_site() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    bed.world().writeEverywhere(40 << 20);
    bed.publish(PUBLISH);
    WalFileName file = new WalFileName("000000010000000000000004");
    trouble.damageWal(2, file, true);
    TestBed.ended(() -> bed.consume(CONSUME));

    assertThat(bed.status(STATUS).findings())
        .filteredOn(row -> row.id().equals("last-run"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.verdict()).isEqualTo(Judged.WARNING);
              assertThat(row.seen())
                  .contains("west-2 (content 2, timeline 1): " + file, "can't be decoded");
              assertThat(row.remedy())
                  .startsWith("bring the named files back")
                  .endsWith("`mooring consume harbour --site west`");
            });
  }

  @Test
  void a_dead_host_is_unknown_with_its_reason_and_keeps_nobody_waiting() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    trouble.hostAnswers("w1", false);

    StatusResult result = bed.status(STATUS);

    assertThat(facts(result)).containsExactly("w1 host-answers: UNKNOWN: w1 does not answer");
    assertThat(result.worst()).isEqualTo(Judged.WARNING);
    assertThat(result.instances())
        .filteredOn(row -> row.host().value().equals("w1"))
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, as proved"));
  }

  @Test
  void a_host_that_is_silent_is_told_as_silent_after_one_attempt() {
    CountDownLatch over = new CountDownLatch(1);
    bed.publish(PUBLISH);
    bed.faults()
        .before(
            call -> call.method().equals("observeInstances") && call.step().equals("LOOK"),
            () -> TestBed.awaitOver(over));

    StatusResult result = bed.status(STATUS);
    over.countDown();

    assertThat(facts(result))
        .anySatisfy(
            fact ->
                assertThat(fact).contains(", ", " host-answers: ", "did not answer within 3 s"));
    assertThat(result.instances()).hasSize(8);
  }

  @Test
  void a_site_without_a_worker_is_told_as_such_and_the_rest_is_seen() {
    try (TestBed half = TestBed.unserved(Harbour.cluster(2), Harbour.EAST)) {
      StatusResult result = half.status(STATUS);

      assertThat(facts(result))
          .anySatisfy(
              fact ->
                  assertThat(fact)
                      .contains("no worker serves the queue mooring-east", "within 2 s"));
      assertThat(result.instances())
          .filteredOn(row -> row.site().equals(Harbour.EAST))
          .allSatisfy(row -> assertThat(row.state()).isEqualTo("unknown"));
      assertThat(result.verdicts().get(0)).isEqualTo("west was never moored");
    }
  }

  @Test
  void an_unreadable_instance_is_critical_and_never_counted_as_parked() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    trouble.unreadable(2);

    StatusResult result = bed.status(STATUS);

    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(facts(result))
        .anySatisfy(
            fact -> assertThat(fact).startsWith("west-2 control-file: UNKNOWN: pg_controldata"));
    assertThat(result.instances())
        .filteredOn(row -> row.instance().value().equals("west-2"))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("unreadable"));
  }

  @Test
  void a_store_that_does_not_answer_leaves_no_verdict_and_no_green() {
    trouble.storeAnswers(false);

    StatusResult result = bed.status(STATUS);

    assertThat(result.headline()).contains("can't be said");
    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(result.evidence()).isEmpty();
  }

  @Test
  void a_receipt_that_was_removed_from_the_end_is_missed_by_its_site_and_by_the_next_publish() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    bed.publish(PUBLISH);
    assertThat(facts(bed.status(STATUS))).isEmpty();
    trouble.removeLastReceipt();

    StatusResult result = bed.status(STATUS);

    assertThat(facts(result))
        .singleElement()
        .asString()
        .startsWith("east evidence-cut: receipt 3: host ");
    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(bed.publish(PUBLISH).degraded())
        .isNotEmpty()
        .allSatisfy(
            sentence ->
                assertThat(sentence).startsWith("evidence was cut at its end: receipt 3: host "));
  }

  @Test
  void a_state_that_was_altered_is_not_repeated() {
    bed.publish(PUBLISH);
    bed.consume(CONSUME);
    trouble.alterState(Harbour.WEST);

    StatusResult result = bed.status(STATUS);

    assertThat(result.verdicts().get(0))
        .isEqualTo("where west stands can't be said: its state is not to be believed");
    assertThat(result.worst()).isEqualTo(Judged.WRONG);
  }

  @Test
  void documents_are_in_the_answer_only_as_far_as_they_were_asked_for() {
    bed.publish(PUBLISH);
    bed.publish(PUBLISH);

    StatusResult result =
        bed.status(Typed.json("{'cluster':'harbour','receipts':5,'documents':1}"));

    assertThat(result.evidence().get(0).receipts()).hasSize(2);
    assertThat(result.evidence().get(0).receipts().get(0).text()).contains("PublishCycle");
    assertThat(result.evidence().get(0).receipts().get(1).text()).isEmpty();
  }

  @Test
  void a_consume_that_failed_is_told_however_often_was_published_since() {
    bed.publish(PUBLISH);
    trouble.killInReplay(0, 2);
    TestBed.ended(() -> bed.consume(CONSUME));
    for (int n = 1; n <= 11; n++) {
      bed.publish(PUBLISH);
    }

    assertThat(facts(bed.status(STATUS)))
        .anySatisfy(fact -> assertThat(fact).startsWith("DrConsume at west last-run: FAILED"));
  }

  @Test
  void a_typing_error_fails_at_once_with_a_sentence() {
    Ended ended = TestBed.ended(() -> bed.status(Typed.json("{'claster':'harbour'}")));

    assertThat(ended.type()).isEqualTo("BAD_INPUT");
    assertThat(ended.message()).contains("cluster is missing", "did you mean 'cluster'");
  }

  @Test
  void a_cluster_without_a_file_is_refused_with_its_code() {
    Ended ended = TestBed.ended(() -> bed.status(Typed.json("{'cluster':'haven'}")));

    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("CLUSTER_FILE");
    assertThat(ended.record().receipt()).startsWith("no receipt");
  }
}
