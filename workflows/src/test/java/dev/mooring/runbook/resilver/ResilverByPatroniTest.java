package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members are made anew by Patroni, where it runs them. */
class ResilverByPatroniTest {
  private static final String WEST = ",'instances':'west-0'";
  private final TestBed bed = new TestBed(new FakeCluster(Strait.byPatroni()), ResilverImpl.class);
  private final FakePatroni patroni = bed.patroni();

  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    bed.close();
  }

  private ResilverResult run(String id, String more) {
    try {
      return bed.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options(id))
          .resilver(Typed.run("{'cluster':'strait','by':'alice'" + more + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private ResilverResult execute(String more) {
    run("plan", more);
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    return run("resilver", more + ",'mode':'execute','digest':'" + plan.digest() + "'");
  }

  @Test
  void whatever_follows_is_left_alone() {
    assertThat(run("resilver", ",'mode':'execute'").headline()).endsWith("nothing to do");
  }

  @Test
  void one_that_is_named_is_made_anew_and_seen_to_follow() {
    ResilverResult result = execute(WEST);
    assertThat(result.headline()).isEqualTo("standbys again: west-0 by Patroni's reinitialize");
    assertThat(result.proof().toString())
        .contains("follows, value=REPLICA", "refuses writes, value=25006")
        .doesNotContain("WAL kept");
    assertThat(bed.events("resilver")).contains("scheduled EnsureReinitializing");
  }

  /** Law 13: what only it may have is kept before Patroni removes it. */
  @Test
  void of_one_that_does_not_follow_wal_is_kept_first() {
    patroni.authoritySays("west-0", "none");
    bed.world().members().kill("west-0");
    ResilverResult result = execute("");
    assertThat(bed.world().members().authorityOf("west-0")).isEqualTo("patroni");
    assertThat(result.headline()).contains("west-0 by Patroni's reinitialize");
    assertThat(result.proof().toString()).contains("WAL kept, value=");
    assertThat(bed.events("resilver"))
        .containsSubsequence("scheduled EnsureWalKept", "scheduled EnsureReinitializing");
    assertThat(bed.world().members().followersOf("east-0")).contains("west-0");
  }

  @Test
  void one_that_applies_wal_late_comes_by_itself_and_is_made_anew_only_by_name() {
    Strait.appliesLate(bed.world().members(), "west-0", "1h");
    patroni.promote("east-1");
    assertThat(run("resilver", ",'mode':'execute'").headline()).endsWith("nothing to do");
    run("named", WEST);
    assertThat(bed.client().newUntypedWorkflowStub("named").query("plan", Plan.class).objects())
        .anyMatch(line -> line.startsWith("west-0: Patroni removes its data"));
  }

  @Test
  void nor_is_one_that_streams_from_it() {
    try (var four = new TestBed(new FakeCluster(Strait.belowEastByPatroni()), ResilverImpl.class)) {
      four.patroni().replicatesFrom("east-2", "east-1");
      Strait.appliesLate(four.world().members(), "east-1", "1h");
      four.patroni().promote("west-0");
      ResilverResult result =
          four.client()
              .newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"))
              .resilver(Typed.run("{'cluster':'strait','by':'alice','mode':'execute'}"));
      assertThat(result.headline()).endsWith("nothing to do");
      four.closeChildren();
    }
  }

  @Test
  void a_run_of_a_hook_waits_for_a_person_and_ends_once_the_standby_streams_again() {
    bed.world().members().kill("west-0");
    WorkflowClient.start(
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"))::resilver,
        Typed.json("{'cluster':'strait','mode':'execute','by':'hook pager','instances':'west-0'}"));
    bed.until("resilver", "waits for an approval");
    bed.world().members().start("west-0");
    ResilverResult ended =
        bed.awaiting(
            "resilver",
            () -> bed.client().newUntypedWorkflowStub("resilver").getResult(ResilverResult.class));
    assertThat(ended.headline()).isEqualTo("streaming again before an approval: [west-0]");
    assertThat(bed.events("resilver")).doesNotContain("scheduled EnsureReinitializing");
  }

  /** A person may have forbidden it by hand. */
  @Test
  void it_may_not_be_promoted_if_nothing_was_made_anew() {
    patroni.authoritySays("west-0", "none");
    bed.world().members().kill("west-0");
    bed.faults().plan(call -> call.method().equals("ensureWalKept"), Fault.UNSERVED);
    run("plan", "");
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    String approved = ",'mode':'execute','digest':'" + plan.digest() + "'";
    assertThat(TestBed.ended(() -> run("stopped", approved)).record().headline())
        .contains("no worker took it");
    assertThat(bed.world().members().authorityOf("west-0")).isEqualTo("none");
  }

  @Test
  void the_plan_says_whom_patroni_may_promote_then() {
    assertThat(freed(false)).endsWith("once it follows, Patroni may promote east-0 and east-2");
    assertThat(freed(true)).endsWith("file still names east-0: only a move by Mooring promotes it");
  }

  /** Of east-2, which is on the host of east-0. */
  private static String freed(boolean besideLeader) {
    try (var four = new TestBed(new FakeCluster(Strait.belowEastByPatroni()), ResilverImpl.class)) {
      if (!besideLeader) {
        four.patroni().promote("west-0");
      }
      for (String beside : List.of("east-0", "east-2")) {
        four.patroni().authoritySays(beside, besideLeader ? "east-0" : "none");
      }
      four.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options("plan"))
          .resilver(Typed.run("{'cluster':'strait','by':'alice','instances':'east-2'}"));
      four.closeChildren();
      Plan plan = four.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
      return plan.objects().get(1);
    }
  }

  @Test
  void a_reinitialize_whose_reply_is_lost_is_told_again() {
    bed.faults().plan(call -> call.method().equals("ensureReinitializing"), Fault.LOSES_REPLY);
    assertThat(execute(WEST).outcome()).isEqualTo("Completed");
  }

  @Test
  void the_leader_is_not_made_anew() {
    Ended ended = TestBed.ended(() -> run("resilver", ",'instances':'east-0'"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).startsWith("east-0 is the leader");
  }

  @Test
  void without_a_plan_that_is_approved_no_data_is_removed() {
    run("plan", WEST);
    Ended ended =
        TestBed.ended(
            () -> run("resilver", WEST + ",'mode':'execute','digest':'" + "0".repeat(64) + "'"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(bed.events("resilver")).doesNotContain("scheduled EnsureReinitializing");
  }

  @Test
  void a_pause_a_silent_store_and_a_silent_patroni_refuse_it() {
    patroni.stop("west-0");
    assertThat(TestBed.ended(() -> run("silent", WEST)).record().code())
        .isEqualTo("PATRONI_UNREACHABLE");
    patroni.pauses();
    assertThat(TestBed.ended(() -> run("paused", WEST)).record().headline())
        .startsWith("Patroni is paused");
    patroni.storeAway(true);
    assertThat(TestBed.ended(() -> run("store", WEST)).record().code())
        .isEqualTo("PATRONI_STORE_SILENT");
  }
}
