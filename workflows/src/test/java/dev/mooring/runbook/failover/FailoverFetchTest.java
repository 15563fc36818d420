package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WAL that no standby got, and that the disk of the old primary still has. */
class FailoverFetchTest {
  private static final String WITHOUT =
      "{'cluster':'strait','to':'west-0','overrides':'fetch-wal','by':'alice','reason':'its disk is"
          + " broken'}";
  private static final String UNLIMITED = "failover: {maxLossBytes: -1}\nsites:\n";
  private static final String NOT_BROUGHT = "WAL that only the disk of east-0 has was not brought";

  private final FailoverBed strait = new FailoverBed(Strait.cluster());

  private FakeMembers members() {
    return strait.world().members();
  }

  @BeforeEach
  void thePrimaryDiesWithWhatItWroteLast() {
    members().cut("east-0", true);
    members().write("east-0");
    members().write("east-0");
    members().kill("east-0");
    members().cut("east-0", false);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private RoleChangeResult over() {
    return over(OVER);
  }

  private RoleChangeResult over(String asked) {
    return strait.run(approved(asked, strait.run(asked).digest()));
  }

  private WorkflowStub held() throws InterruptedException {
    WorkflowStub run =
        strait.startInRealTime(
            approved(OVER, strait.run(OVER).digest()),
            headline -> headline.startsWith("FETCH_WAL can't go on"));
    assertThat(members().writers()).isEmpty();
    return run;
  }

  private static boolean fetches(Called call) {
    return call.method().equals("ensureWalFetched");
  }

  @Test
  void is_brought_to_the_candidate_before_its_promotion_and_nothing_is_lost() {
    RoleChangeResult done = over();
    assertThat(strait.plan().objects())
        .contains(
            "WAL that only the disk of east-0 has: brought to west-0 after the fence, as far as"
                + " that disk gives it");
    assertThat(done.headline()).contains("lost: no WAL that the disk of east-0 has");
    assertThat(done.degraded()).noneMatch(line -> line.startsWith(NOT_BROUGHT));
    assertThat(done.proof().toString()).contains("wal_fetched");
    assertThat(strait.bed.events("failover"))
        .containsSubsequence(
            "completed EnsureFenced", "completed EnsureWalFetched", "scheduled EnsurePromoted");
    strait.isPrimary("west-0", "east-1");
  }

  /** What it had more the candidate has too by then. */
  @Test
  void makes_a_standby_that_was_ahead_of_the_candidate_follow_it() {
    members().start("east-0");
    members().cut("west-0", true);
    members().write("east-0");
    members().kill("east-0");
    members().cut("west-0", false);
    RoleChangeResult done = over();
    assertThat(done.degraded()).noneMatch(line -> line.startsWith("east-1 "));
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void that_can_not_be_read_leaves_a_standby_that_is_ahead_behind() {
    members().start("east-0");
    members().cut("west-0", true);
    members().write("east-0");
    members().kill("east-0");
    members().cut("west-0", false);
    Strait.unreadableWal(members(), "east-0");
    RoleChangeResult done = over(WITHOUT);
    assertThat(done.degraded())
        .anyMatch(line -> line.startsWith("east-1 has more of the old primary's WAL than west-0"));
    strait.isPrimary("west-0");
  }

  /** Its host was not asked for anything: no call comes between fence and promotion for it. */
  @Test
  void is_not_looked_for_where_the_disk_has_no_more_than_the_candidate() {
    members().start("east-0");
    members().kill("east-0");
    RoleChangeResult done = over();
    assertThat(strait.bed.events("failover")).doesNotContain("scheduled EnsureWalFetched");
    assertThat(done.headline()).contains("lost: no WAL that the disk of east-0 has");
    strait.isPrimary("west-0", "east-1");
  }

  /** The plan that was approved says that it is brought. */
  @Test
  void that_can_not_be_read_holds_and_is_lost_by_a_plan_that_says_so_alone()
      throws InterruptedException {
    Strait.unreadableWal(members(), "east-0");
    WorkflowStub run = held();
    assertThat(strait.headline()).contains(NOT_BROUGHT, "`--override fetch-wal --reason WHY`");
    decide(run, "{'decision':'roll-back','by':'bob','reason':'planned anew'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
    RoleChangeResult done = over(WITHOUT);
    assertThat(done.degraded()).anyMatch(line -> line.startsWith(NOT_BROUGHT));
    assertThat(done.headline()).endsWith("lost: unknown: commits waited for no standby");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("fetch-wal");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void that_can_not_be_read_holds_nobody_up_where_the_file_limits_no_loss() {
    try (var unlimited = new FailoverBed(Strait.cluster("sites:\n", UNLIMITED))) {
      FakeMembers members = unlimited.world().members();
      members.cut("east-0", true);
      members.write("east-0");
      members.kill("east-0");
      members.cut("east-0", false);
      Strait.unreadableWal(members, "east-0");
      assertThat(unlimited.execute(OVER).degraded()).anyMatch(line -> line.startsWith(NOT_BROUGHT));
      unlimited.isPrimary("west-0", "east-1");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS", "OUTCOME_UNKNOWN", "UNSERVED"})
  void that_can_not_be_brought_holds_until_it_is(Fault fault) throws InterruptedException {
    strait.bed.faults().plan(FailoverFetchTest::fetches, fault);
    WorkflowStub run = held();
    strait.bed.faults().mend();
    RoleChangeResult done = strait.result(run);
    assertThat(done.headline()).contains("lost: no WAL that the disk of east-0 has");
    strait.isPrimary("west-0", "east-1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void is_brought_once_whatever_becomes_of_its_calls(Fault fault) {
    strait.bed.faults().plan(FailoverFetchTest::fetches, fault);
    assertThat(over().outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }
}
