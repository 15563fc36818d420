package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastRunsJudgeTest {
  private static final RunsOf CONSUME = new RunsOf("DrConsume", "west");

  @Test
  void a_consume_that_failed_is_told_also_from_before_the_last_receipts() {
    ReceiptSeen failed = seen(1, SampleReceipts.consume(1, Status.TIMEOUT));
    ReceiptSeen publish = seen(12, SampleReceipts.publish(12));

    assertThat(findings(List.of(publish), new LastRuns(List.of(publish, failed), List.of(), 12)))
        .containsExactly(
            CheckRow.warning(
                "last-run",
                "DrConsume at west",
                "FAILED: run 1 ended (receipt r1)",
                "COMPLETED",
                FailureCode.TARGET_NOT_REACHED.hint()
                    + "; then `mooring consume harbour --site west`"));
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED,WAL_MISSING,WARNING",
    "REFUSED,NO_MANIFEST,GOOD",
    "REFUSED,LOCK_HELD,GOOD",
    "REFUSED,BAD_INPUT,GOOD",
    "REFUSED,OF_A_LATER_VERSION,WARNING",
    "ROLLED_BACK,CANCELLED,GOOD",
    "FAILED,NO_MANIFEST,WARNING"
  })
  void a_run_that_a_person_must_mend_something_for_is_a_warning(
      String outcome, String code, Judged level) {
    ReceiptSeen ended =
        seen(1, ended(SampleReceipts.consume(1, Status.MISSING_WAL), outcome, code));

    assertThat(findings(List.of(ended), new LastRuns(List.of(), List.of(), 1)))
        .extracting(CheckRow::verdict)
        .containsExactly(level);
  }

  private static Receipt ended(Receipt receipt, String outcome, String code) {
    Receipt.Ending ending = receipt.ending();
    return new Receipt(
        receipt.run(),
        receipt.asked(),
        new Receipt.Ending(outcome, code, ending.headline(), ending.restorePoint(), ending.at()),
        receipt.steps(),
        receipt.seen());
  }

  @Test
  void only_the_last_run_counts_and_each_receipt_once() {
    ReceiptSeen failed = seen(1, SampleReceipts.consume(1, Status.TIMEOUT));
    ReceiptSeen succeeded = seen(2, SampleReceipts.consume(2, Status.SUCCESS));
    ReceiptSeen broken = new ReceiptSeen("r3", new ReceiptRead.Refused("a byte differs"), "");

    assertThat(
            findings(
                List.of(broken, succeeded, failed),
                new LastRuns(List.of(broken), List.of(CONSUME), 1)))
        .containsExactly(
            CheckRow.wrong(
                "receipt",
                "r3",
                "not to be believed",
                "sealed by a trusted key",
                "`mooring verify harbour`"));
  }

  @Test
  void a_run_that_was_for_all_sites_is_named_without_one() {
    Receipt of = SampleReceipts.consume(1, Status.TIMEOUT);
    Receipt.RunReference run = of.run();
    Receipt resilver =
        new Receipt(
            new Receipt.RunReference(
                "Resilver", run.cluster(), "", run.workflowId(), run.originalRun()),
            of.asked(),
            of.ending(),
            of.steps(),
            of.seen());

    assertThat(findings(List.of(seen(1, resilver)), new LastRuns(List.of(), List.of(), 1)))
        .extracting(CheckRow::inShort)
        .containsExactly("Resilver last-run: FAILED: run 1 ended (receipt r1)");
  }

  @Test
  void a_plan_hides_no_ending_and_is_none_itself() {
    ReceiptSeen failed = seen(1, SampleReceipts.consume(1, Status.TIMEOUT));
    ReceiptSeen planned = seen(2, SampleReceipts.plan(SampleReceipts.consume(2, Status.SUCCESS)));
    LastRuns none = new LastRuns(List.of(), List.of(), 3);

    assertThat(findings(List.of(planned, failed), none))
        .isEqualTo(findings(List.of(failed), none))
        .hasSize(1);
  }

  @Test
  void the_last_look_that_found_wal_missing_or_bad_counts_also_if_it_was_a_plan() {
    ReceiptSeen found = seen(3, SampleReceipts.plan(SampleReceipts.consume(3, Status.MISSING_WAL)));
    ReceiptSeen whole = seen(4, SampleReceipts.plan(SampleReceipts.consume(4, Status.SUCCESS)));
    LastRuns none = new LastRuns(List.of(), List.of(), 4);

    assertThat(findings(List.of(found), none))
        .extracting(CheckRow::verdict, CheckRow::inShort)
        .containsExactly(
            tuple(
                Judged.WARNING,
                "plan of DrConsume at west last-run: FAILED: run 3 ended (receipt r3)"));
    assertThat(findings(List.of(whole, found), none)).isEmpty();
  }

  @Test
  void a_run_that_the_search_did_not_get_to_is_said_to_be_unknown() {
    assertThat(findings(List.of(), new LastRuns(List.of(), List.of(CONSUME), 500)))
        .containsExactly(
            CheckRow.good(
                "last-run",
                "DrConsume at west",
                "not known: none is among the last 500 receipts",
                "COMPLETED"));
  }

  private static ReceiptSeen seen(int number, Receipt receipt) {
    return new ReceiptSeen("r" + number, new ReceiptRead.Intact(receipt), "");
  }

  private static List<CheckRow> findings(List<ReceiptSeen> receipts, LastRuns last) {
    EvidenceObserved seen =
        Moored.evidence(
            Moored.known(0), new Shelved(ObservedInstances.POINT, Stage.PUBLISHED), receipts);
    return LastRunsJudge.findings(
        Harbour.cluster(2).name(),
        new EvidenceObserved(
            seen.latest(), seen.newest(), seen.reasons(), seen.sites(), seen.receipts(), last));
  }
}
