package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.ledger.LoadVerdict;
import dev.mooring.evidence.Cut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the DR side holds, after publish and consume under write load, compared to the last row. */
@Timeout(180)
class UnderLoadIT {
  /** A transfer lies across a point by chance, nearly always by the first. */
  private static final int ATTEMPTS_OF_THE_CONTROL = 8;

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2));
    sites = new Sites(stage.lab);
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void the_dr_side_is_exact_at_a_point_made_under_the_barrier() {
    stage.lab.load().start(Barrier.HELD);
    for (int round = 0; round < 2; round++) {
      String point = stage.publish().restorePoint();
      assertThat(stage.consume().restorePoint()).isEqualTo(point);
      assertThat(sites.latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);

      LoadVerdict verdict = west();

      assertThat(verdict.faults()).isEmpty();
      assertThat(verdict.contents()).allMatch(content -> content.acknowledged() > 0);
      assertThat(verdict.contents()).allMatch(content -> content.prepared().isEmpty());
    }
    stage.lab.load().stop();
    assertThat(stage.lab.load().checkPrimaries().faults()).isEmpty();
  }

  @Test
  void control_without_the_barrier_sees_the_sum_torn() {
    stage.amendClusterFile(
        now ->
            now.lines()
                .filter(line -> !line.strip().startsWith("barrier:"))
                .reduce("", (before, line) -> before + line + "\n"));
    stage.lab.load().start(Barrier.IGNORED);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < ATTEMPTS_OF_THE_CONTROL && faults.isEmpty(); i++) {
      stage.publish();
      stage.consume();
      faults.addAll(west().faults());
      assertThat(sites.latest().header().cut().kind()).isEqualTo(Cut.Kind.NAMED);
    }
    stage.lab.load().stop();

    assertThat(faults).anyMatch(fault -> fault.contains("transfers are torn"));
  }

  private static LoadVerdict west() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      return stage.lab.load().check(copy);
    }
  }
}
