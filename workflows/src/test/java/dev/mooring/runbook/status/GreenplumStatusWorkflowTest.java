package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Greenplum's catalogue in what status says. */
class GreenplumStatusWorkflowTest {
  private static final RawRequest DOCK = Typed.json("{'cluster':'dock'}");

  private final TestBed bed = new TestBed(Harbour.dock()).keepTime();

  @AfterEach
  void close() {
    bed.close();
  }

  private List<String> facts() {
    return bed.status(DOCK).findings().stream().map(CheckRow::inShort).toList();
  }

  @Test
  void who_took_over_and_who_is_down_is_told() {
    bed.publish(DOCK);
    assertThat(facts()).noneMatch(fact -> fact.contains(" catalogue: "));
    bed.world().takeOver("mirror0");

    assertThat(facts())
        .contains(
            "east catalogue: content 0 is served by mirror0, a mirror now acting",
            "east catalogue: content 0 has no mirror that could take over: seg0 is down");
  }

  @Test
  void a_coordinator_that_hangs_at_the_start_of_a_connection_keeps_nobody_waiting() {
    CountDownLatch over = new CountDownLatch(1);
    bed.publish(DOCK);
    bed.faults()
        .before(
            call -> call.method().equals("observeCatalogue") && call.step().equals("LOOK"),
            () -> TestBed.awaitOver(over));

    List<String> facts = facts();
    over.countDown();

    assertThat(facts)
        .anyMatch(
            fact ->
                fact.startsWith(
                    "east coordinator: coordinator answers in utility mode, and takes no connection"
                        + " such as users have: coordinator coordinator did not answer within 3"
                        + " s"));
  }
}
