package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Progress;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** How a site comes to be moored, and what becomes of a run that meets trouble on the way. */
class DrConsumeWorkflowTest extends ConsumeBed {
  @Test
  void parks_every_instance_at_the_published_point_and_then_advances_once() {
    String point = publish();
    ConsumeResult consumed = bed.consume(CONSUME);
    assertThat(consumed.outcome()).isEqualTo("Completed");
    assertThat(consumed.headline())
        .isEqualTo("west is moored at " + point + ": 4 of 4 instances proved");
    assertThat(consumed.proof()).extracting(p -> p.subject()).hasSize(4).contains("west-3");
    SiteState state = bed.world().state(Harbour.WEST).orElseThrow();
    assertThat(state.restorePoint().value()).isEqualTo(point);
    assertThat(state.instances())
        .extracting(one -> one.controlFile().digest())
        .containsExactlyElementsOf(
            bed.world().copies().observed().stream().map(InstanceObserved::controlDigest).toList());
    assertThat(bed.world().story()).hasSize(5).last().isEqualTo("advance west to " + point);
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("COMPLETED");
  }

  @Test
  void reads_the_end_of_base_backups_without_a_manifest_from_the_archive() {
    String point = publish();
    List.of(0, 1, 2, 3).forEach(bed.world().trouble()::loseManifest);
    assertThat(bed.consume(CONSUME).restorePoint()).isEqualTo(point);
  }

  @Test
  void moves_nothing_where_the_archive_has_no_end_of_a_base_backup() {
    publish();
    bed.world().trouble().loseManifest(2);
    bed.world().trouble().loseBackupHistories(2);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.record().code()).isEqualTo("WAL_MISSING");
    assertThat(bed.world().story()).isEmpty();
  }

  @Test
  void keeps_the_barriers_configure_all_then_start_all_then_await_then_prove_then_advance() {
    publish();
    bed.consume(CONSUME);
    List<String> events = bed.events("consume");
    List<String> order =
        List.of(
            "ObserveChain",
            "EnsureTarget",
            "EnsureReplaying",
            "AwaitParked",
            "ObserveParked",
            "EnsureSiteState",
            "EnsureReceipt");
    for (int i = 1; i < order.size(); i++) {
      assertThat(events.lastIndexOf("completed " + order.get(i - 1)))
          .as("%s before %s in %s", order.get(i - 1), order.get(i), events)
          .isNotNegative()
          .isLessThan(events.indexOf("scheduled " + order.get(i)));
    }
  }

  @Test
  void does_nothing_when_the_site_is_moored_there_already() {
    String point = publish();
    bed.consume(CONSUME);
    List<String> story = bed.world().story();
    ConsumeResult again = bed.consume(CONSUME);
    assertThat(again.headline())
        .isEqualTo(
            "west is moored at "
                + point
                + " already: every control file is unchanged since it was proved");
    assertThat(again.outcome()).isEqualTo("Completed");
    assertThat(bed.consume(consume("'mode':'plan'")).outcome()).isEqualTo("planned");
    assertThat(bed.world().story()).isEqualTo(story);
  }

  @Test
  void goes_on_to_the_next_point() {
    publish();
    bed.consume(CONSUME);
    bed.world().writeEverywhere(40 << 20);
    String second = publish();
    ConsumeResult consumed = bed.consume(CONSUME);
    assertThat(consumed.restorePoint()).isEqualTo(second);
    assertThat(bed.world().state(Harbour.WEST).orElseThrow().restorePoint().value())
        .isEqualTo(second);
  }

  @Test
  void follows_a_content_whose_primary_was_failed_over() {
    publish();
    bed.consume(CONSUME);
    bed.world().trouble().failOverPrimary(1);
    bed.world().writeEverywhere(20 << 20);
    String second = publish();
    assertThat(bed.consume(CONSUME).restorePoint()).isEqualTo(second);
    assertThat(bed.world().copies().of(1).orElseThrow().control().checkpoint().timeline().value())
        .isEqualTo(2);
    assertThat(bed.world().copies().writable()).isEmpty();
  }

  @Test
  void consumes_a_point_by_its_name() {
    String first = publish();
    publish();
    ConsumeResult consumed = bed.consume(consume("'target':'" + first + "'"));
    assertThat(consumed.restorePoint()).isEqualTo(first);
  }

  @Test
  void takes_the_earliest_point_above_every_floor_when_asked_for_safe_forward() {
    String first = publish();
    publish();
    ConsumeResult consumed = bed.consume(consume("'target':'safe-forward'"));
    assertThat(consumed.restorePoint()).isEqualTo(first);
  }

  @Test
  void starts_an_instance_once_more_that_died_on_the_way() {
    String point = publish();
    bed.world().trouble().killInReplay(1, 1);
    ConsumeResult consumed = bed.consume(CONSUME);
    assertThat(consumed.headline())
        .isEqualTo("west is moored at " + point + ": 4 of 4 instances proved");
    assertThat(bed.world().story()).filteredOn(line -> line.contains("west-1")).hasSize(2);
    assertThat(bed.world().story()).filteredOn(line -> line.contains("west-0")).hasSize(1);
    Receipt.Seen seen = bed.world().lastReceipt().seen();
    ConsumeRecord.Attempt attempt = (ConsumeRecord.Attempt) seen.consume();
    assertThat(attempt.contents())
        .extracting(ConsumeRecord.ContentAttempt::reached)
        .containsOnly(point);
    assertThat(consumed.degraded())
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("started once more: west-1 is not parked at " + point);
    assertThat(seen.degraded()).isEqualTo(consumed.degraded());
    assertThat(seen.proofs())
        .extracting(Receipt.ProofRecord::subject)
        .containsExactly("west-0", "west-1", "west-2", "west-3");
  }

  @Test
  void an_instance_short_again_is_a_mismatch_and_nothing_advances() {
    publish();
    bed.world().trouble().killInReplay(1, 2);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("TARGET_MISMATCH");
    assertThat(ended.record().headline()).startsWith("west-1 is not parked at ");
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    assertThat(bed.world().copies().anyRuns()).isFalse();
    ConsumeRecord.Attempt attempt =
        (ConsumeRecord.Attempt) bed.world().lastReceipt().seen().consume();
    assertThat(attempt.status()).isEqualTo(ConsumeRecord.Status.MISMATCH);
  }

  @Test
  void starts_an_instance_once_more_whose_log_says_nothing() {
    String point = publish();
    bed.world().trouble().loseLogs(1, 1);
    ConsumeResult consumed = bed.consume(CONSUME);
    assertThat(consumed.headline())
        .isEqualTo("west is moored at " + point + ": 4 of 4 instances proved");
    assertThat(bed.world().story()).filteredOn(line -> line.contains("west-1")).hasSize(2);
    assertThat(bed.world().story()).filteredOn(line -> line.contains("west-0")).hasSize(1);
    assertThat(consumed.degraded())
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("started once more: west-1 ");
  }

  @Test
  void an_instance_whose_log_says_nothing_twice_is_unreadable_and_nothing_advances() {
    publish();
    bed.world().trouble().loseLogs(1, 2);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("STATE_UNREADABLE");
    assertThat(ended.record().headline()).startsWith("west-1 ");
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    assertThat(bed.world().copies().anyRuns()).isFalse();
  }

  @Test
  void one_that_is_short_is_a_mismatch_beside_one_whose_log_says_nothing() {
    publish();
    bed.world().trouble().loseLogs(1, 2);
    bed.world().trouble().killInReplay(2, 2);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.record().code()).isEqualTo("TARGET_MISMATCH");
    assertThat(ended.record().headline()).contains("west-1 ", "west-2 is not parked at ");
  }

  @Test
  void at_a_timeout_says_where_each_stands_and_stops_what_runs_on() {
    publish();
    bed.world().writeEverywhere(40 << 20);
    publish();
    WalFileName file = new WalFileName("000000010000000000000004");
    bed.faults()
        .before(
            call -> call.step().equals("SET_TARGETS") && bed.world().copies().of(2).isPresent(),
            () -> bed.world().trouble().loseWal(2, file));
    bed.world().trouble().killInReplay(1, 1);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("TARGET_NOT_REACHED");
    assertThat(ended.record().headline())
        .startsWith("not all down after 300 s: west-1 is down: its log ends with '")
        .contains("; west-2 replays ")
        .endsWith("waiting for absent " + file + "; 2 of 4 stopped at the point");
    assertThat(bed.world().copies().anyRuns()).isFalse();
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    ConsumeRecord.Attempt attempt =
        (ConsumeRecord.Attempt) bed.world().lastReceipt().seen().consume();
    assertThat(attempt.status()).isEqualTo(ConsumeRecord.Status.TIMEOUT);
  }

  @Test
  void reports_drift_and_parks_the_instance_again() {
    String point = publish();
    bed.consume(CONSUME);
    bed.world().trouble().startByHand(2);
    ConsumeResult again = bed.consume(CONSUME);
    assertThat(again.degraded())
        .containsExactly("west-2 was started or changed since it was proved");
    assertThat(again.headline()).contains("west is moored at " + point);
    assertThat(bed.world().lastReceipt().seen().degraded()).isEqualTo(again.degraded());
  }

  @Test
  void drift_stands_in_the_receipt_of_a_run_that_fails() {
    publish();
    bed.consume(CONSUME);
    bed.world().trouble().startByHand(2);
    bed.faults().plan(call -> call.step().equals("PROVE_CHAIN"), Fault.FAILS);
    assertThat(refusedOrFailed(CONSUME).type()).isEqualTo("Failed");
    assertThat(bed.world().lastReceipt().seen().degraded())
        .containsExactly("west-2 was started or changed since it was proved");
  }

  @Test
  void plans_without_a_lock_and_without_touching_anything() {
    publish();
    List<InstanceObserved> before = bed.world().copies().observed();
    held();
    ConsumeResult plan = bed.consume(consume("'mode':'plan'"));
    assertThat(plan.outcome()).isEqualTo("planned");
    assertThat(plan.headline()).startsWith("no check blocks mooring west at sync_point_");
    Receipt receipt = bed.world().lastReceipt();
    assertThat(receipt.ending().headline()).isEqualTo(plan.headline());
    assertThat(receipt.seen().proofs()).isEmpty();
    assertThat(receipt.seen().consume())
        .as("the reference tool's status: nothing was consumed")
        .isEqualTo(new ConsumeRecord.None());
    assertThat(bed.world().copies().observed()).isEqualTo(before);
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
  }

  @Test
  void a_plan_that_is_refused_leaves_a_plans_receipt_too() {
    assertThat(refusedOrFailed(consume("'mode':'plan'")).type()).isEqualTo("Refused");
    assertThat(bed.world().lastReceipt().endedAs()).isEqualTo("plan REFUSED");
  }

  private void held() {
    FakeRuns runs = bed.world().runs();
    String run = runs.open(new ClusterName("harbour"), "other-1", "DrConsume");
    runs.lock("mooring-lock:harbour:west", new Holder("other-1", run, "DrConsume"));
  }

  @Test
  void an_instance_that_can_not_be_read_stops_the_run() {
    publish();
    bed.world().trouble().unreadable(0);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("STATE_UNREADABLE");
    assertThat(ended.record().headline()).startsWith("west-0: pg_controldata");
  }

  @Test
  void a_host_that_does_not_answer_fails_the_run_and_touches_no_other() {
    publish();
    bed.world().trouble().hostAnswers("w1", false);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("HOST_UNREACHABLE");
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void undoes_the_targets_of_all_when_one_can_not_be_configured() {
    publish();
    List<InstanceObserved> before = bed.world().copies().observed();
    bed.faults()
        .before(
            call -> call.method().equals("ensureTarget"),
            () -> bed.world().trouble().putRecoverySignal(3));
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("TARGET_NOT_SET");
    assertThat(bed.world().copies().observed())
        .extracting(seen -> seen.recovery().settings())
        .containsExactlyElementsOf(
            before.stream().map(seen -> seen.recovery().settings()).toList());
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  /** One instance of each host fails, and one host answers only when the other's is named. */
  @Test
  void names_what_can_not_be_configured_while_other_hosts_are_awaited() {
    publish();
    AtomicBoolean awaits = new AtomicBoolean(true);
    List<String> notes = new CopyOnWriteArrayList<>();
    bed.faults()
        .before(
            call -> call.method().equals("ensureTarget"),
            () -> {
              bed.world().trouble().putRecoverySignal(1);
              bed.world().trouble().putRecoverySignal(3);
              if (awaits.getAndSet(false)) {
                notes.add(noteOf(ConsumeStep.SET_TARGETS));
              }
            });

    assertThat(refusedOrFailed(CONSUME).record().code()).isEqualTo("TARGET_NOT_SET");

    assertThat(notes).singleElement().asString().matches("west-[13]: .*recovery.signal.*");
  }

  private String noteOf(ConsumeStep step) {
    long end = System.nanoTime() + Limit.seconds(30).toNanos();
    String note = "";
    while (note.isEmpty() && System.nanoTime() < end) {
      note =
          bed
              .client()
              .newUntypedWorkflowStub("consume")
              .query("progress", Progress.class)
              .steps()
              .stream()
              .filter(one -> one.step().equals(step.name()))
              .map(Progress.StepProgress::note)
              .findFirst()
              .orElseThrow();
    }
    return note;
  }

  @Test
  void is_stuck_when_an_undo_can_not_finish() {
    publish();
    bed.faults()
        .before(
            call -> call.method().equals("ensureTarget"),
            () -> bed.world().trouble().putRecoverySignal(3));
    bed.faults()
        .before(
            call -> call.method().equals("revertTarget"),
            () -> bed.world().trouble().unreadable(2));
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.record().headline())
        .contains("SET_TARGETS could not be undone: west-2: pg_controldata");
  }

  @Test
  void is_stuck_when_an_undo_is_refused() {
    publish();
    bed.faults().plan(call -> call.method().equals("ensureTarget"), Fault.OUTCOME_UNKNOWN);
    bed.faults().plan(call -> call.method().equals("revertTarget"), Fault.FAILS);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.record().code()).isEqualTo("HOST_REFUSED");
  }

  @Test
  void fails_when_no_receipt_can_be_written_though_the_site_is_moored() {
    String point = publish();
    bed.faults().plan(call -> call.method().equals("ensureReceipt"), Fault.FAILS);
    Ended ended = refusedOrFailed(CONSUME);
    assertThat(bed.world().state(Harbour.WEST).orElseThrow().restorePoint().value())
        .isEqualTo(point);
    assertThat(bed.world().story()).last().isEqualTo("advance west to " + point);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    assertThat(ended.record().headline())
        .startsWith(
            "west is moored at "
                + point
                + ": 4 of 4 instances proved; but no receipt could be written: ");
    assertThat(ended.record().receipt()).startsWith("no receipt could be written: ");
  }

  @Test
  void moors_with_programs_of_another_minor_and_says_so_each_time() {
    publish();
    bed.world().trouble().installed(2, Harbour.software(new ServerVersion(15, 3)));
    ConsumeResult result = bed.consume(CONSUME);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof()).hasSize(4);
    assertThat(result.degraded())
        .containsExactly(
            "west-2 has programs of version 15.3, the WAL of east-2 is of version 15.20");
    assertThat(bed.consume(CONSUME).degraded()).isEqualTo(result.degraded());
  }
}
