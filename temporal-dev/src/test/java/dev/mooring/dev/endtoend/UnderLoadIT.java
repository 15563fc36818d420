package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.endtoend.Clients.Side;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the DR side holds, after publish and consume under write load, compared to the last row. */
@Tag("laws")
class UnderLoadIT {
  /** A transfer lies across a point by chance, nearly always by the first. */
  private static final int ATTEMPTS_OF_THE_CONTROL = 8;

  private static final String WITHOUT_LAST =
      "DELETE FROM lab.ledger WHERE seq = (SELECT max(seq) FROM lab.ledger)";

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
    stage.clients().silence("the test brings a load of its own");
    stage.lab.load().start(Barrier.HELD);
    for (int round = 0; round < 2; round++) {
      String point = stage.publish().restorePoint();
      assertThat(stage.consume().restorePoint()).isEqualTo(point);
      assertThat(sites.latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);

      LoadVerdict verdict = west();

      verdict.assertExact();
      assertThat(verdict.contents()).allMatch(content -> content.acknowledged() > 0);
      assertThat(verdict.contents()).allMatch(content -> content.prepared().isEmpty());
    }
    stage.lab.load().stop();
    stage.lab.load().checkPrimaries().assertExact();
  }

  @Test
  @Tag("all")
  void control_without_the_barrier_sees_the_sum_torn() {
    stage.amendClusterFile(
        now ->
            now.lines()
                .filter(line -> !line.strip().startsWith("barrier:"))
                .reduce("", (before, line) -> before + line + "\n"));
    stage.clients().silence("the test brings a load of its own, which knows no barrier");
    stage.clients().without(Side.COPIES, "its transfers are torn on purpose");
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

  @Test
  @Tag("all")
  void control_of_every_stage_sees_a_row_that_production_lost() {
    Soon.soon("a client has written", () -> !lastRow().equals("0"));
    stage.clients().silence("the test takes its last row away");
    sites.change(WITHOUT_LAST);

    assertThatThrownBy(stage::assertAll)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("production is not exact: content 0 acknowledged rows are missing");
    stage.clients().without(Side.PRODUCTION, "the control took a row away");
  }

  @Test
  @Tag("all")
  void control_of_every_stage_sees_a_commit_that_was_hidden_from_the_copies() {
    Soon.soon("a client has written", () -> !lastRow().equals("0"));
    stage.clients().silence("the test hides its last commit from the point");
    String hidden = lastRow();
    sites.change(WITHOUT_LAST);
    String point = stage.publish().restorePoint();
    sites.change("INSERT INTO lab.ledger VALUES (" + hidden + ")");
    stage.consume();

    assertThatThrownBy(stage::assertAll)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "the west at " + point + " is not exact: content 0 acknowledged rows are missing");
    stage.clients().without(Side.COPIES, "the control hid a commit");
  }

  @Test
  @Tag("all")
  void control_of_every_stage_sees_a_row_from_behind_the_point() {
    Soon.soon("a client has written", () -> !lastRow().equals("0"));
    stage.clients().silence("the test dates its last row to after the point");
    sites.change(
        "UPDATE lab.ledger SET written_at = now() + interval '1 hour'"
            + " WHERE seq = (SELECT max(seq) FROM lab.ledger)");
    stage.publish();
    stage.consume();

    assertThatThrownBy(stage::assertAll)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("content 0 holds rows from behind its point: the last 1 of ");
    stage.clients().without(Side.COPIES, "the control dated a row");
  }

  private static String lastRow() {
    return sites.ask(0, "SELECT coalesce(max(seq), 0) FROM lab.ledger");
  }

  private static LoadVerdict west() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      return stage.lab.load().check(copy);
    }
  }
}
