package dev.mooring.runbook.failover;

import static dev.mooring.runbook.RunBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While automation is paused, or nobody knows whether it is, a failover acts with a person. */
class FailoverPausedTest {
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice','reason':'the"
          + " night'}";
  private static final Monitoring PAUSED =
      new Monitoring(
          true,
          List.of(
              new Pause("carol", "new disks", Instant.parse("2030-01-01T00:00:00Z"), List.of())),
          List.of());

  private final FailoverBed strait = new FailoverBed(Strait.synchronous("{automatic: {}}"));

  @BeforeEach
  void fencesWereRehearsed() {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(
        strait.world(),
        "east-0",
        now.minus(Duration.ofDays(1)),
        true,
        Proof.FENCE,
        Proof.LAUNCHER,
        Proof.CONTROL);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub primaryDies() {
    WorkflowStub run = strait.watching(WHEN, note -> note.startsWith("connects to east-0"));
    strait.world().members().kill("east-0");
    return run;
  }

  private void isAsked(String measured) {
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.plan().measured().toString()).contains(measured);
  }

  @Test
  void nobody_is_asked_while_it_is_not_paused() {
    assertThat(strait.result(primaryDies()).outcome()).isEqualTo("Completed");
  }

  @Test
  void a_person_is_asked_while_it_is_paused() {
    strait.world().runs().monitoring(Optional.of(PAUSED));
    WorkflowStub run = primaryDies();
    isAsked("automatic-pause, value=paused by carol: new disks");
    String digest = strait.plan().digest();
    decide(run, "{'decision':'approve','digest':'" + digest + "','reason':'go','by':'bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("bob");
  }

  private AtomicInteger asksCounted() {
    AtomicInteger asked = new AtomicInteger();
    strait
        .bed
        .faults()
        .before(call -> call.method().equals("observeMonitoring"), asked::incrementAndGet);
    return asked;
  }

  @Test
  void a_person_is_asked_while_it_can_not_be_read() {
    AtomicInteger asked = asksCounted();
    strait.world().runs().monitoring(Optional.empty());
    primaryDies();
    isAsked("automatic-pause, value=can't be read");
    assertThat(asked).hasValue(4);
  }

  /** Its worker starts anew: that costs seconds, and wakes nobody. */
  @Test
  void nobody_is_asked_where_it_can_be_read_a_moment_later() {
    AtomicInteger asked = new AtomicInteger();
    strait.world().runs().monitoring(Optional.empty());
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("observeMonitoring"),
            () -> {
              if (asked.incrementAndGet() == 3) {
                strait
                    .world()
                    .runs()
                    .monitoring(Optional.of(new Monitoring(true, List.of(), List.of())));
              }
            });
    assertThat(strait.result(primaryDies()).outcome()).isEqualTo("Completed");
    assertThat(asked).hasValue(4);
  }

  /** The locks are held, and nobody can write: the watch is asked once more, and no longer. */
  @Test
  void one_that_can_not_be_read_before_it_acts_stops() {
    AtomicInteger asked = asksCounted();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().runs().monitoring(Optional.empty()));
    Ended ended = TestBed.ended(() -> strait.result(primaryDies()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(asked).hasValue(3);
  }

  /** A dead worker's polls may take both tries: another worker answers in the same try. */
  @Test
  void nobody_is_asked_where_another_worker_answers_for_one_that_is_lost() {
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("observeMonitoring"),
            () -> {
              throw new IllegalStateException("its worker is lost");
            });
    assertThat(strait.result(primaryDies()).outcome()).isEqualTo("Completed");
  }

  /** Nothing was done by then. */
  @Test
  void one_that_is_paused_before_it_acts_stops() {
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().runs().monitoring(Optional.of(PAUSED)));
    Ended ended = TestBed.ended(() -> strait.result(primaryDies()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains("automatic-pause: paused by carol");
    assertThat(strait.world().members().writers()).isEmpty();
  }
}
