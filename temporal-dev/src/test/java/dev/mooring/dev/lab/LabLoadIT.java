package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.ledger.LoadVerdict;
import dev.mooring.dev.prober.Prober;
import dev.mooring.dev.prober.WritableSeen;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The write load, what checks it, what breaks things, and the way back to the first state. */
@Tag("all")
class LabLoadIT {

  /** A transfer lies across a point by chance, nearly always by the first. */
  private static final int ATTEMPTS_OF_THE_CONTROL = 8;

  private static Lab lab;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(3).withWalFileMegabytes(1).withInstancesPerHost(2));
    lab.snapshot();
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @Test
  void is_exact_at_a_point_made_under_the_barrier() {
    lab.load().start(Barrier.HELD);
    new HandProcedure(lab).publish("under_barrier");
    new HandProcedure(lab).park("under_barrier");
    LoadVerdict verdict = west();
    lab.load().stop();
    verdict.assertExact();
    assertThat(verdict.contents()).allMatch(content -> content.acknowledged() > 0);
    assertThat(verdict.contents()).allMatch(content -> content.prepared().isEmpty());
    lab.load().checkPrimaries().assertExact();
  }

  @Test
  void control_sees_the_sum_torn_where_transfers_ignore_the_barrier() {
    lab.load().start(Barrier.IGNORED);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < ATTEMPTS_OF_THE_CONTROL && faults.isEmpty(); i++) {
      new HandProcedure(lab).publish("torn_" + i);
      new HandProcedure(lab).park("torn_" + i);
      faults.addAll(west().faults());
    }
    lab.load().stop();
    assertThat(faults).anyMatch(fault -> fault.contains("transfers are torn"));
    lab.load().checkPrimaries().assertExact();
  }

  @Test
  void control_sees_an_acknowledged_row_that_is_missing() throws Exception {
    lab.load().start(Barrier.HELD);
    lab.load().stop();
    // as if the last rows had been acknowledged before they were there
    try (Connection connection = lab.connect(lab.instance("east-0"));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM lab.ledger WHERE seq = (SELECT max(seq) FROM lab.ledger)");
    }
    new HandProcedure(lab).publish("short_of_a_row");
    new HandProcedure(lab).park("short_of_a_row");
    assertThat(west().faults())
        .singleElement()
        .asString()
        .contains("content 0 acknowledged rows are missing");
  }

  @Test
  void control_sees_a_gap_in_the_ledger() throws SQLException {
    lab.load().start(Barrier.HELD);
    lab.load().stop();
    try (Connection connection = lab.connect(lab.instance("east-1"));
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM lab.ledger WHERE seq = 1");
    }
    assertThat(lab.load().checkPrimaries().faults())
        .singleElement()
        .asString()
        .contains("content 1 ledger has gaps");
  }

  @Test
  void settles_transfers_left_by_a_killed_load_and_primary() {
    lab.load().start(Barrier.IGNORED);
    lab.faults().signal(lab.instance("east-1"), Signal.KILL);
    lab.load().kill();
    lab.start(lab.instance("east-1"));
    lab.load().start(Barrier.HELD);
    lab.load().stop();
    LoadVerdict verdict = lab.load().checkPrimaries();
    verdict.assertExact();
    assertThat(verdict.contents()).allMatch(content -> content.prepared().isEmpty());
  }

  @Test
  void prober_sees_exactly_the_instances_that_accept_writes() throws IOException {
    try (Prober prober = lab.prober()) {
      Set<String> east = Set.of("east-0", "east-1", "east-2");
      Await.until(() -> writable(prober.seen()).equals(east), () -> "not seen: " + east);
      Files.delete(lab.instance("west-1").dataDirectory().resolve("standby.signal"));
      lab.start(lab.instance("west-1"));
      Await.until(() -> writable(prober.seen()).contains("west-1"), () -> "second writer not seen");
      lab.faults().signal(lab.instance("east-2"), Signal.STOP);
      lab.faults().signal(lab.instance("east-2"), Signal.CONT);
    }
  }

  private static LoadVerdict west() {
    try (SiteCopy copy = lab.openCopy("west")) {
      return lab.load().check(copy);
    }
  }

  private static Set<String> writable(List<WritableSeen> seen) {
    return seen.stream().map(WritableSeen::instance).collect(Collectors.toUnmodifiableSet());
  }
}
