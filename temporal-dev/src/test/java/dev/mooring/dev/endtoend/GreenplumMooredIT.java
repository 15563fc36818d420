package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.ledger.LoadVerdict;
import dev.mooring.evidence.Cut;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Both sides of a Greenplum: what its coordinator publishes, its copies are moored at, and once
 * opened they hold each transfer over its segments whole or not at all, though nearly every point
 * is made while some are prepared and some committed on the coordinator alone.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("laws")
class GreenplumMooredIT {
  private static final int ROUNDS = 2;

  /** A transfer lies between two records of a point by chance, nearly always at the first. */
  private static final int ATTEMPTS_OF_THE_CONTROL = 8;

  /** What a script does that calls pg_create_restore_point on each instance in turn. */
  private static final String INSTANCE_BY_INSTANCE =
      """
      DO $do$ BEGIN
        EXECUTE replace(replace(
          pg_get_functiondef('greenplum.gp_create_restore_point(text)'::regprocedure),
          'PERFORM pg_advisory_xact_lock(7202);', ''),
          'NULL::text',
          $q$NULL::text FROM pg_sleep(1.2 * current_setting(''greenplum.contentid'')::int)$q$);
      END $do$
      """;

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.greenplumLike(2).withInstancesPerHost(3).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static LoadVerdict publishedAndConsumed(List<Integer> ended) {
    String point = stage.publish().restorePoint();
    assertThat(stage.consume().headline())
        .isEqualTo("west is moored at " + point + ": 3 of 3 instances proved");
    stage.laws().assertAll();
    assertThat(sites.latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      ended.add(copy.recovered().committed() + copy.recovered().rolledBack());
      return stage.lab.load().check(copy);
    }
  }

  @Test
  @Order(1)
  void no_transfer_is_split_by_a_point_made_under_the_lock_of_two_phase_commits() {
    stage.lab.load().start(Barrier.HELD);
    List<Integer> ended = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      LoadVerdict verdict = publishedAndConsumed(ended);

      verdict.assertExact();
      assertThat(verdict.contents()).allMatch(content -> content.acknowledged() > 0);
      assertThat(verdict.contents()).allMatch(content -> content.prepared().isEmpty());
    }
    assertThat(ended).as("what distributed recovery ended").anyMatch(count -> count > 0);
    stage.lab.load().checkPrimaries().assertExact();
  }

  /** How the next publish ends that makes none but torn points. */
  private static EndingRecord torn() {
    for (int i = 0; i < ATTEMPTS_OF_THE_CONTROL; i++) {
      WorkflowStub run = stage.startPublish();
      try {
        run.getResult(PublishResult.class);
      } catch (WorkflowFailedException expected) {
        return Stage.endingOf(run);
      }
    }
    throw new AssertionError("no publish made a torn point");
  }

  @Test
  @Tag("all")
  @Order(2)
  void control_points_made_on_one_instance_after_the_other_are_torn_and_not_published()
      throws SQLException {
    try (Connection connection = stage.lab.connect(stage.lab.instance("east-c"));
        Statement statement = connection.createStatement()) {
      statement.execute(INSTANCE_BY_INSTANCE);
    }

    EndingRecord ending = torn();

    assertThat(ending.code()).isEqualTo(FailureCode.POINT_TORN.name());
    String point = ending.headline().substring(0, ending.headline().indexOf(" is torn, "));
    assertThat(sites.latest().name().value()).isNotEqualTo(point);
    Cut cut = sites.manifest(point).header().cut();
    assertThat(cut.kind()).isEqualTo(Cut.Kind.TORN);
    assertThat(cut.why()).contains("lab-");
    assertThat(stage.consumeFails(point).code()).isEqualTo(FailureCode.POINT_TORN.name());
    String overriding =
        stage
            .consumeRequest(point)
            .replaceFirst("[}]$", ",\"overrides\":\"torn\",\"reason\":\"the control\"}");
    assertThat(stage.start("DrConsume", overriding).getResult(ConsumeResult.class).degraded())
        .anyMatch(line -> line.startsWith(point + " is torn: "));
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      assertThat(stage.lab.load().check(copy).faults())
          .anyMatch(fault -> fault.contains("transfers are torn"));
    }
    stage.lab.load().stop();
  }

  @Test
  @Tag("all")
  @Order(3)
  void an_activated_standby_coordinator_is_followed_and_the_copies_with_it() throws SQLException {
    stage.laws().without(6, "the activated standby archives into its content's directory");
    LabInstance standby = stage.lab.mirrors().get(2);
    stage.lab.faults().signalAll(stage.lab.instance("east-c"), Signal.KILL);
    AtServer.promoteMirror(stage.lab, standby);
    try (Connection connection = stage.lab.connect(standby);
        Statement statement = connection.createStatement()) {
      // what gpactivatestandby leaves of the two
      statement.execute(
          "DELETE FROM greenplum.gp_segment_configuration WHERE content = -1 AND role = 'p'");
      statement.execute(
          "UPDATE greenplum.gp_segment_configuration SET role = 'p', preferred_role = 'p',"
              + " mode = 'n' WHERE content = -1");
    }

    PublishResult published = stage.publish();

    assertThat(String.join("; ", published.degraded()))
        .contains("east-c (dbid 1) is no longer in gp_segment_configuration: its standby was")
        .contains("content -1 is served by " + standby.id() + ", a mirror now acting");
    assertThat(stage.consume().headline())
        .isEqualTo("west is moored at " + published.restorePoint() + ": 3 of 3 instances proved");
    assertThat(sites.latest().contents())
        .extracting(content -> content.target().timeline().value())
        .containsExactly(2L, 1L, 1L);
  }
}
