package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is seen, or not, once a primary was moved: its archive, its endpoints. */
class SwitchoverFollowTest {
  private static final String STUCK = "000000010000000000000002";

  private final SwitchoverBed strait = new SwitchoverBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void a_new_primary_that_does_not_archive_is_told_with_its_archivers_last_word() {
    strait.world().members().archivesNothing("west-0");
    RoleChangeResult result = strait.execute(TO_WEST);
    assertThat(result.degraded())
        .containsExactly(
            "west-0 does not archive: 00000002.history was not in its archive within 30 s; its"
                + " archiver says that it could not archive 00000002.history. Its log says why;"
                + " until it does no restore point becomes READY, and its WAL piles up");
    strait.allFollow("west-0");
  }

  /** A rewind brought it without its .done, and the archive has it. */
  @Test
  void a_wal_file_that_stops_the_archiver_and_is_in_its_archive_is_marked_as_archived() {
    strait.world().members().archiveRefuses("west-0", "", STUCK);
    RoleChangeResult result = strait.execute(TO_WEST);
    assertThat(result.degraded()).isEmpty();
    assertThat(strait.world().members().markedOn("west-0")).containsExactly(STUCK);
    assertThat(strait.world().members().markedOn("east-0")).isEmpty();
    assertThat(result.proof())
        .flatMap(ProofRecord::facts)
        .contains(new Fact("marked_archived", STUCK + ", which its archive has"));
  }

  @Test
  void one_that_its_archive_has_with_other_bytes_is_named_with_who_may_have_written_it() {
    strait.world().members().archiveRefuses("west-0", "it has other bytes", STUCK);
    assertThat(strait.execute(TO_WEST).degraded())
        .singleElement()
        .asString()
        .startsWith("the archiver of west-0 fails at " + STUCK + ": it has other bytes; ")
        .contains("it may have been written by an instance that was opened (east-0, ");
    strait.allFollow("west-0");
  }

  /** Of pg_receivewal, or of a backup server: nobody makes them on the new primary. */
  @Test
  void slots_of_no_member_refuse_it_and_are_told_where_they_stay() {
    strait.world().members().leftSlot("east-0", "barman");
    assertThat(strait.run(TO_WEST).headline())
        .contains("east-0 physical-slots: barman (not in use)");
    RoleChangeResult moved =
        strait.execute(
            TO_WEST.replace("}", ",'overrides':'physical-slots','reason':'made anew tonight'}"));
    assertThat(moved.degraded())
        .containsExactly(
            "physical slots barman stay on east-0 and keep WAL there until its disk is full: point"
                + " their consumers at west-0, by slots created there, and drop them on east-0");
    assertThat(strait.world().members().slotsOf("east-0")).containsExactly("barman");
    strait.allFollow("west-0");
  }

  @Test
  void databases_of_pgbouncer_that_are_no_endpoints_refuse_it_and_are_named_at_its_end() {
    strait.world().endpoints().others("pooler", "*\nreports");
    assertThat(strait.run(TO_WEST).headline()).contains("pooler databases-left-behind: *, reports");
    String overriding =
        TO_WEST.replace("}", ",'overrides':'databases-left-behind','reason':'nobody reads them'}");
    assertThat(strait.execute(overriding).degraded())
        .containsExactly(
            "databases *, reports of pooler were not moved: on f0 set host=127.31.20.1 port=6000 for"
                + " those that point at east-0 in PgBouncer's configuration, and RELOAD it");
    strait.allFollow("west-0");
  }

  /** It streams from nobody, so nobody else would miss it. */
  @Test
  void one_that_the_archive_feeds_and_does_not_bring_to_the_new_timeline_is_told() {
    String east = "id: east-1, ";
    try (var fed = new SwitchoverBed(Strait.cluster(east, east + "follows: archive, "))) {
      fed.world().members().archivesNothing("west-0");
      assertThat(fed.execute(TO_WEST).degraded())
          .hasSize(2)
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("east-1: ");
      fed.lawsHold();
    }
  }

  /** It is a standby by then, and accepts no writes. */
  @Test
  void an_old_primary_that_the_archive_is_to_feed_holds_nobody_up_either() {
    String old = "id: east-0, ";
    try (var fed = new SwitchoverBed(Strait.cluster(old, old + "follows: archive, "))) {
      fed.world().members().archivesNothing("west-0");
      RoleChangeResult moved = fed.execute(TO_WEST);
      assertThat(moved.outcome()).isEqualTo("Completed");
      assertThat(moved.degraded())
          .hasSize(2)
          .first(InstanceOfAssertFactories.STRING)
          .startsWith("east-0: ");
      fed.lawsHold();
    }
  }

  /** It is silent for each act as long as for one. */
  @Test
  void of_a_host_that_fell_silent_one_member_is_tried() {
    String one = "- {id: east-1, site: east, content: 0, host: e1, port: 6000, dataDirectory: ";
    String manager = ", manager: {pg_ctl: /usr/lib/postgresql/15/bin}}\n  ";
    String two = one.replace("east-1", "east-2").replace("6000", "6001");
    Cluster cluster = Strait.cluster(one, two + "/data/east-2" + manager + one);
    try (var four = new SwitchoverBed(cluster)) {
      four.bed
          .faults()
          .beforeFirst(
              call -> call.step().equals("FOLLOW"),
              () -> four.world().trouble().hostAnswers("e1", false));
      assertThat(four.execute(TO_WEST).degraded())
          .anyMatch(line -> line.startsWith("east-1 does not follow west-0"))
          .anyMatch(line -> line.startsWith("east-2 does not follow west-0"));
      assertThat(four.bed.events("switchover"))
          .filteredOn("scheduled EnsureFollowing"::equals)
          .hasSize(2);
      four.lawsHold();
    }
  }

  /** It asks for WAL of the new timeline once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_is_in_the_plan_and_not_waited_for() {
    Strait.appliesLate(strait.world().members(), "east-1", "1h");
    RoleChangeResult planned = strait.run(TO_WEST);
    assertThat(planned.checks())
        .filteredOn(row -> row.is("recovery-min-apply-delay", "east-1"))
        .extracting(CheckRow::seen, CheckRow::verdict)
        .containsExactly(tuple("1h", Judged.WARNING));
    RoleChangeResult moved = strait.execute(TO_WEST);
    assertThat(strait.plan().objects())
        .anyMatch(
            line ->
                line.startsWith("east-1: standby, ")
                    && line.endsWith(
                        "becomes standby of west-0; applies WAL 1h late, not waited for while it"
                            + " has some to replay"));
    assertThat(moved.degraded()).isEmpty();
    assertThat(moved.proof())
        .flatExtracting(ProofRecord::facts)
        .extracting(Fact::name)
        .contains("replays_first_east-1");
    assertThat(strait.world().members().followersOf("west-0")).containsExactly("east-0");
    Strait.replays(strait.world().members(), "east-1", 0, 0);
    strait.allFollow("west-0");
  }

  /** Nothing answers there, and a person moves the primary all the same. */
  @Test
  void a_standby_of_a_dead_sibling_follows_the_new_primary() {
    try (var four = new SwitchoverBed(Strait.belowEast())) {
      four.world().members().kill("east-1");
      four.world().trouble().hostAnswers("e1", false);
      RoleChangeResult moved =
          four.execute(TO_WEST.replace("}", ",'overrides':'siblings','reason':'tonight'}"));
      assertThat(moved.outcome()).isEqualTo("Completed");
      assertThat(four.world().members().followersOf("west-0"))
          .containsExactlyInAnyOrder("east-0", "east-2");
      four.lawsHold();
    }
  }

  @Test
  void a_history_of_that_name_that_another_archived_is_no_proof() {
    strait.world().members().anotherArchivedItsHistory("west-0");
    assertThat(strait.execute(TO_WEST).degraded())
        .singleElement()
        .asString()
        .startsWith("00000002.history in the archive of west-0 is not of this move: it has [1 left")
        .contains("find out which (perhaps an instance that was opened (east-0, ")
        .contains("take a base backup");
  }

  @Test
  void an_archive_that_can_not_be_read_after_the_move_is_told() {
    strait.bed.faults().plan(call -> call.method().equals("awaitHistory"), Fault.FAILS);
    assertThat(strait.execute(TO_WEST).degraded())
        .singleElement()
        .asString()
        .startsWith("whether west-0 archives is not known: ");
    strait.allFollow("west-0");
  }

  @Test
  void what_a_silent_host_may_hold_still_is_looked_at_again_and_told() {
    strait.world().endpoints().heldByASilentHost("balancer", true);
    assertThat(strait.execute(TO_WEST).degraded())
        .containsExactly("balancer: e0 gave no answer: `ip addr del`");
    strait.before(
        "ensureFollowing", () -> strait.world().endpoints().heldByASilentHost("balancer", false));
    assertThat(strait.execute(TO_WEST.replace("west-0", "east-0")).degraded()).isEmpty();
  }

  private static final String BALANCER_THERE =
      "by hand: on f0 `echo 'set server writes/east-0 state maint;"
          + "shutdown sessions server writes/east-0;set server reads/west-0 state maint;"
          + "set server reads/east-0 state ready;set server writes/west-0 state ready'"
          + " | socat - UNIX-CONNECT:/run/haproxy/admin.sock`";
  private static final String POOLER_THERE =
      "by hand: on f0 `env -u PGHOSTADDR -u PGSERVICE -u PGOPTIONS psql -X"
          + " -h 127.0.0.1 -p 6432 -U mooring -d pgbouncer -c RELOAD -c 'RESUME"
          + " \"postgres\"'`";

  private WorkflowStub heldAtRoute() {
    return strait.start(
        SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()),
        headline -> headline.startsWith("ROUTE can't go on"));
  }

  private List<String> endpointsOfOneGivenUp(WorkflowStub run) {
    SwitchoverBed.decide(run, "{'decision':'give-up','by':'bob','reason':'by hand from here'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Stuck");
    return strait.world().lastReceipt().seen().proofs().stream()
        .filter(proof -> proof.subject().equals("endpoints"))
        .flatMap(proof -> proof.facts().stream())
        .map(fact -> fact.name() + " " + fact.value())
        .toList();
  }

  @Test
  void of_endpoints_that_were_led_in_part_each_is_said_where_it_leads_and_the_one_command() {
    strait.before("ensureRouted", () -> strait.world().endpoints().away("balancer", true));
    WorkflowStub run = heldAtRoute();
    assertThat(strait.headline())
        .contains(
            "pooler points at west-0. balancer is not known to point at west-0: balancer does not"
                + " answer; "
                + BALANCER_THERE)
        .doesNotContain("psql");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("west-0");
    assertThat(endpointsOfOneGivenUp(run))
        .satisfiesExactly(
            pooler ->
                assertThat(pooler)
                    .startsWith("pooler pointed at [east-0], points at west-0; back by"),
            balancer ->
                assertThat(balancer)
                    .isEqualTo(
                        "balancer pointed at [east-0], was to point at west-0, which is not"
                            + " verified: balancer does not answer; there "
                            + BALANCER_THERE));
  }

  @Test
  void an_endpoint_that_is_back_is_led_without_a_word() {
    strait.before("ensureTakenOver", () -> strait.world().endpoints().away("balancer", true));
    WorkflowStub run = heldAtRoute();
    assertThat(strait.headline()).contains("Next: No action needed if it resolves");
    strait.world().endpoints().away("balancer", false);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.allFollow("west-0");
  }

  @Test
  void clients_are_not_led_to_one_that_lost_its_role_while_it_was_held() {
    strait.before("ensureTakenOver", () -> strait.world().endpoints().away("balancer", true));
    WorkflowStub run = heldAtRoute();
    strait.world().members().kill("west-0");
    strait.world().members().promote("east-1");
    strait.world().endpoints().away("balancer", false);
    strait.until(strait::headline, headline -> headline.contains("[east-1] accepts writes"));
    assertThat(strait.world().endpoints().pointsAt("balancer")).isEqualTo("east-0");
    SwitchoverBed.decide(run, "{'decision':'give-up','by':'bob','reason':'east-1 is it'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Stuck");
  }

  @Test
  void of_endpoints_nobody_heard_of_each_is_said_to_be_unknown() {
    strait.bed.faults().plan(call -> call.method().equals("ensureRouted"), Fault.FAILS);
    WorkflowStub run = heldAtRoute();
    String unknown = "is not known to point at west-0: no answer came, and it may; ";
    assertThat(strait.headline())
        .contains("pooler " + unknown + POOLER_THERE, "balancer " + unknown + BALANCER_THERE);
    assertThat(endpointsOfOneGivenUp(run))
        .hasSize(2)
        .allMatch(
            fact -> fact.contains("which is not verified: no answer came, and it may; there by"));
    assertThat(strait.world().endpoints().isPausedAfter(Duration.ofMinutes(1), "pooler")).isFalse();
  }

  @Test
  void where_endpoints_led_and_what_leads_them_back_stands_in_plan_and_receipt() {
    String back =
        "; back by a move back, or by hand: on f0 `echo 'set server writes/west-0 state maint;"
            + "shutdown sessions server writes/west-0;set server reads/east-0 state maint;"
            + "set server reads/west-0 state ready;set server writes/east-0 state ready'"
            + " | socat - UNIX-CONNECT:/run/haproxy/admin.sock`";
    strait.run(TO_WEST);
    assertThat(
            strait
                .bed
                .client()
                .newWorkflowStub(SwitchoverWorkflow.class, "switchover")
                .plan()
                .toString())
        .contains("points at [east-0], will point at west-0 after the promotion" + back);
    assertThat(strait.execute(TO_WEST).proof())
        .filteredOn(proof -> proof.subject().equals("endpoints"))
        .flatExtracting(proof -> proof.facts())
        .extracting(fact -> fact.name() + " " + fact.value())
        .containsExactly(
            "pooler pointed at [east-0], points at west-0; back by a move back, or by hand: on f0"
                + " set in the line postgres of /etc/pgbouncer/databases.ini host=127.31.10.1"
                + " port=6000, then `env -u PGHOSTADDR -u PGSERVICE -u PGOPTIONS psql -X"
                + " -h 127.0.0.1 -p 6432 -U mooring -d pgbouncer -c RELOAD`",
            "balancer pointed at [east-0], points at west-0" + back);
  }
}
