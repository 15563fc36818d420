package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.CutOffEndpoints;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a failover that was terminated leaves of its endpoints is told, with what fixes it. */
class EndpointsJudgeWorkflowTest {
  private static final Cluster STRAIT = Strait.cluster();

  private final TestBed bed = new TestBed(STRAIT);

  @AfterEach
  void close() {
    bed.close();
  }

  private void clientsAreCutOff(Duration heldAtMost) {
    bed.world()
        .endpoints()
        .ensureCutOff(
            new CutOffEndpoints(
                new AboutEndpoints(
                    new Call(STRAIT.name(), "run-1", "CUT_OFF", 0, Epoch.NONE),
                    STRAIT.streaming().orElseThrow().endpoints(),
                    List.of(),
                    WorkLists.servers(STRAIT, STRAIT.members())),
                new InstanceId("east-0"),
                heldAtMost));
  }

  private List<CheckRow> ofEndpoints() {
    return bed.status(Typed.json("{'cluster':'strait'}")).findings().stream()
        .filter(finding -> List.of("balancer", "pooler").contains(finding.subject()))
        .toList();
  }

  /** One between its fence and its promotion, or one that was terminated there. */
  @Test
  void a_run_that_took_the_right_to_write_and_gave_it_to_nobody_is_named() {
    assertThat(ofARun()).isEmpty();
    Strait.reported(bed.world().members(), "east-0", "none", 9);
    assertThat(ofARun())
        .containsExactly(
            CheckRow.warning(
                "right-to-write",
                "",
                "run run-of-the-move took it away in epoch 9, and no host that was read names the"
                    + " instance it was given to: it is in progress, or was ended there",
                "a member has it",
                "`mooring follow run-of-the-move`; if it has ended, `mooring adopt` records the"
                    + " present state"));
    Strait.reported(bed.world().members(), "west-0", "west-0", 9);
    assertThat(ofARun()).isEmpty();
  }

  private List<CheckRow> ofARun() {
    return bed.status(Typed.json("{'cluster':'strait'}")).findings().stream()
        .filter(finding -> finding.is("right-to-write", ""))
        .toList();
  }

  @Test
  void a_member_that_is_down_is_shown_as_its_pg_wal_has_it() {
    bed.world().members().kill("east-0");
    assertThat(bed.status(Typed.json("{'cluster':'strait'}")).members())
        .filteredOn(row -> row.instance().value().equals("east-0"))
        .extracting(row -> row.place().readFrom())
        .containsExactly("pg_wal");
  }

  @Test
  void endpoints_that_lead_to_the_primary_are_no_finding() {
    assertThat(ofEndpoints()).isEmpty();
  }

  @Test
  void one_that_leads_to_nobody_after_a_terminated_failover_is_told_with_its_command() {
    clientsAreCutOff(Duration.ofMinutes(10));
    assertThat(ofEndpoints())
        .containsExactlyInAnyOrder(
            CheckRow.wrong(
                "endpoint-target",
                "balancer",
                "points writes at no member, and east-0 accepts them",
                "points at the primary",
                "on f0 `echo 'set server writes/east-0 state ready' | socat -"
                    + " UNIX-CONNECT:/run/haproxy/admin.sock`"),
            CheckRow.warning(
                "paused",
                "pooler",
                "paused, and no run does that now",
                "not paused",
                "its holder resumes it automatically once its time is over; at once: on f0 `env -u"
                    + " PGHOSTADDR -u PGSERVICE -u PGOPTIONS psql -X -h 127.0.0.1 -p 6432 -U"
                    + " mooring -d pgbouncer -c 'ENABLE \"postgres\"' -c 'RESUME \"postgres\"'`"));
  }

  @Test
  void one_that_leads_to_the_old_primary_is_told_with_the_command_that_leads_it() {
    bed.world().members().kill("east-0");
    bed.world().members().promote("west-0");
    assertThat(ofEndpoints())
        .extracting(CheckRow::verdict, CheckRow::title)
        .containsExactly(
            tuple(Judged.WRONG, "pooler endpoint-target"),
            tuple(Judged.WRONG, "balancer endpoint-target"));
    assertThat(ofEndpoints().get(1).remedy())
        .contains("set server writes/east-0 state maint;", "set server writes/west-0 state ready");
    assertThat(ofEndpoints().get(0).remedy()).contains("host=127.31.20.1 port=6000");
  }

  @Test
  void what_a_run_that_moves_the_primary_does_meanwhile_is_none() {
    clientsAreCutOff(Duration.ofMinutes(10));
    bed.world().runs().open(STRAIT.name(), "mooring:strait:failover", "Failover");
    assertThat(ofEndpoints()).isEmpty();
  }

  @Test
  void databases_that_a_move_would_leave_behind_are_told() {
    bed.world().endpoints().others("pooler", "reports");
    assertThat(ofEndpoints())
        .extracting(CheckRow::verdict, CheckRow::inShort)
        .containsExactly(tuple(Judged.WARNING, "pooler databases-left-behind: reports"));
  }

  @Test
  void one_that_gives_no_answer_is_told() {
    bed.world().endpoints().away("balancer", true);
    assertThat(ofEndpoints())
        .extracting(CheckRow::verdict, CheckRow::inShort)
        .containsExactly(
            tuple(Judged.WARNING, "balancer endpoint: UNKNOWN: balancer does not answer"));
  }
}
