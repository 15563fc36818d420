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

  /**
   * A point made on one segment after the other and without the lock, as a script does that calls
   * pg_create_restore_point on each. Before it makes that of content 1 it waits for a transfer that
   * was prepared after content 0's and that the coordinator has a record of, and keeps that record
   * until its own point is made: that transfer is half in the point.
   */
  private static final String INSTANCE_BY_INSTANCE =
      """
      CREATE OR REPLACE FUNCTION greenplum.gp_create_restore_point(name text)
        RETURNS TABLE (gp_segment_id smallint, restore_lsn pg_lsn)
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
      DECLARE
        of_one text := 'SELECT CASE current_setting(''greenplum.contentid'')::int WHEN %s'
          ' THEN pg_create_restore_point(%L) END, NULL::text';
        begun text[];
        zero pg_lsn;
        one pg_lsn;
      BEGIN
        IF name IS NULL THEN
          RETURN;
        END IF;
        SELECT s.lsn INTO zero FROM greenplum.on_segments(format(of_one, 0, name)) AS s
         WHERE s.content = 0;
        SELECT coalesce(array_agg(s.file), '{}') INTO begun FROM greenplum.on_segments(
          'SELECT NULL::pg_lsn, gid FROM pg_prepared_xacts') AS s;
        begun := begun || ARRAY(SELECT gid FROM greenplum.distributed_commit);
        LOOP
          PERFORM FROM greenplum.distributed_commit WHERE gid <> ALL (begun) LIMIT 1 FOR SHARE;
          EXIT WHEN FOUND;
          PERFORM pg_sleep(0.005);
        END LOOP;
        SELECT s.lsn INTO one FROM greenplum.on_segments(format(of_one, 1, name)) AS s
         WHERE s.content = 1;
        RETURN QUERY VALUES
          ((-1)::smallint, pg_create_restore_point(name)), (0::smallint, zero), (1::smallint, one);
      END $$
      """;

  private static final String OWN_FUNCTION =
      "SELECT pg_get_functiondef('greenplum.gp_create_restore_point(text)'::regprocedure)";

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

  @Test
  @Tag("all")
  @Order(2)
  void control_points_made_on_one_instance_after_the_other_are_torn_and_not_published() {
    LabInstance coordinator = stage.lab.instance("east-c");
    String own = AtServer.rows(stage.lab, coordinator, OWN_FUNCTION).get(0);
    AtServer.execute(stage.lab, coordinator, INSTANCE_BY_INSTANCE);
    EndingRecord ending = stage.publishFails();
    AtServer.execute(stage.lab, coordinator, own);

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
