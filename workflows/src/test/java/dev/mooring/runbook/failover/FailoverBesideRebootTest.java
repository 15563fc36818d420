package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A failover that watches, while a run that no person started brings the primary back. */
class FailoverBesideRebootTest {
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice'}";
  private static final ClusterName STRAIT = new ClusterName("strait");

  private final FailoverBed strait =
      new FailoverBed(
          Strait.synchronous(
              "{automatic: {}, fences: [{host: e0, from: west, command: off, check: is-off, within:"
                  + " PT10S}]}"));

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub watching() {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(strait.world(), "east-0", now.minus(Duration.ofDays(1)), true, Proof.values());
    return strait.watching(WHEN, note -> note.startsWith("connects to east-0"));
  }

  /** Frees the lock at its return's end. */
  private Runnable heldBy(String workflowId) {
    FakeRuns runs = strait.world().runs();
    String lock = LockWorkflow.idOf(STRAIT, new SiteName("west"));
    Holder holder =
        new Holder(workflowId, runs.open(STRAIT, workflowId, "StartPrimary"), "StartPrimary");
    WorkflowClient.start(
        strait.bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(lock))::hold,
        holder);
    runs.lock(lock, holder);
    runs.onRelease(() -> strait.bed.client().newUntypedWorkflowStub(lock).terminate("over"));
    return () -> runs.end(workflowId);
  }

  private void untilAnotherWatchesThan(String first) {
    strait.until(strait::runId, now -> !now.equals(first));
    assertThat(strait.bed.faults().calls()).extracting(Called::step).doesNotContain("FENCE");
  }

  @Test
  void the_start_of_a_reboot_that_has_a_lock_is_outlasted() {
    WorkflowStub run = watching();
    String first = strait.runId();
    Runnable ends = heldBy(RunIds.startAfterReboot(STRAIT, "b2"));
    strait.world().members().kill("east-0");
    untilAnotherWatchesThan(first);
    assertThat(strait.world().lastReceipt().ending().code()).isEqualTo("LOCK_HELD");
    assertThat(strait.world().members().writers()).isEmpty();
    ends.run();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  /** The host that has the record is dead by then. */
  @Test
  void the_rehearsals_that_were_read_before_are_known_to_the_watch_after_it() {
    WorkflowStub run = watching();
    String first = strait.runId();
    Runnable ends = heldBy(RunIds.startAfterReboot(STRAIT, "b2"));
    strait.primaryDiesWithItsHost();
    untilAnotherWatchesThan(first);
    ends.run();
    assertThat(strait.result(run).headline()).contains("east-0 is powered off");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("failover.automatic of the cluster file");
    strait.isPrimary("east-1", "west-0");
  }

  @Test
  void a_host_that_answers_without_a_record_replaces_what_was_read_before() {
    WorkflowStub run = watching();
    String first = strait.runId();
    heldBy(RunIds.startAfterReboot(STRAIT, "b2"));
    Strait.losesRehearsals(strait.world(), "e0");
    strait.world().members().kill("east-0");
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("awaitSilence") && !strait.runId().equals(first),
            () -> strait.world().trouble().hostAnswers("e0", false));
    untilAnotherWatchesThan(first);
    aPersonIsAskedBecauseNoRehearsalIsKnown(run);
    assertThat(strait.world().lastReceipt().toString()).contains("HOST_DEAD");
  }

  @Test
  void rehearsals_that_were_read_with_another_cluster_file_count_for_nothing() {
    WorkflowStub run = watching();
    String first = strait.runId();
    heldBy(RunIds.startAfterReboot(STRAIT, "b2"));
    strait.world().clusterFileChanges();
    strait.primaryDiesWithItsHost();
    untilAnotherWatchesThan(first);
    aPersonIsAskedBecauseNoRehearsalIsKnown(run);
  }

  @Test
  void what_is_carried_counts_if_the_run_before_wrote_it_with_this_cluster_file() {
    RehearsalsCarried carried = new RehearsalsCarried("file", "before", List.of());
    assertThat(carried.counts("file", Optional.of("before"))).isTrue();
    assertThat(carried.counts("other", Optional.of("before"))).isFalse();
    assertThat(carried.counts("file", Optional.of("another"))).isFalse();
    assertThat(carried.counts("file", Optional.empty())).isFalse();
  }

  /** The record on a host counts, and what an earlier run read there. */
  @Test
  void rehearsals_that_a_person_types_beside_the_request_count_for_nothing() {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    LastRehearsal typed =
        new LastRehearsal(
            new InstanceId("east-0"), now, true, "x", "x", List.of(Proof.values()), List.of());
    WorkflowStub run = strait.bed.client().newUntypedWorkflowStub("Failover", strait.options());
    String file = strait.world().cluster().digest();
    run.start(Typed.run(WHEN), new RehearsalsCarried(file, "before", List.of(typed)));
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
    strait.world().members().kill("east-0");
    aPersonIsAskedBecauseNoRehearsalIsKnown(run);
  }

  private void aPersonIsAskedBecauseNoRehearsalIsKnown(WorkflowStub run) {
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(strait.plan().measured().toString())
        .contains("none that was read while its host answered");
    FailoverBed.decide(run, "{'decision':'reject','by':'bob','reason':'not yet'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Refused");
  }

  @Test
  void a_start_that_a_person_typed_ends_it() {
    WorkflowStub run = watching();
    heldBy("mooring:strait:start-primary");
    strait.world().members().kill("east-0");
    TestBed.Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** It came back after the plan was made. */
  @Test
  void a_primary_that_is_back_under_the_locks_is_watched_again() {
    watching();
    String first = strait.runId();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().members().start("east-0"));
    strait.world().members().kill("east-0");
    untilAnotherWatchesThan(first);
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
    assertThat(strait.world().lastReceipt().ending().headline()).contains("primary-gone");
    strait.isPrimary("east-0", "east-1", "west-0");
  }
}
