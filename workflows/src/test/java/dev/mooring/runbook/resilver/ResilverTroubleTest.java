package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens around a Resilver while it looks, copies and waits; west-0 is to be healed. */
class ResilverTroubleTest {
  private static final String ID = "resilver";
  private static final String EXECUTE = "'mode':'execute','by':'alice'";

  private final TestBed bed = new TestBed(new FakeCluster(Strait.cluster()), ResilverImpl.class);
  private final FakeMembers members = bed.world().members();

  @AfterEach
  void nobodyElseEverWrote() {
    assertThat(members.twoWriters()).isEmpty();
    bed.close();
  }

  private ResilverResult run(String more) {
    try {
      return start(more).getResult(ResilverResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  private WorkflowStub start(String more) {
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(ID));
    WorkflowClient.start(run::resilver, Typed.run("{'cluster':'strait'," + more + "}"));
    return WorkflowStub.fromTyped(run);
  }

  private ResilverWorkflow open() {
    return bed.client().newWorkflowStub(ResilverWorkflow.class, ID);
  }

  private ResilverResult retried(WorkflowStub run) {
    open().decide(Typed.json("{'decision':'retry','by':'bob','reason':'fixed'}"));
    try {
      return run.getResult(ResilverResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  private void refused(String code, String words) {
    Ended ended = TestBed.ended(() -> run(EXECUTE));
    assertThat(List.of(ended.type(), ended.record().code())).containsExactly("Refused", code);
    assertThat(ended.message()).contains(words);
    assertThat(members.followersOf("east-0")).doesNotContain("west-0");
  }

  @Test
  void one_whose_directory_is_that_of_a_stopped_one_is_not_copied() {
    down();
    members.kill("east-1");
    Strait.sharesDirectory(members, "east-1");
    Ended ended = TestBed.ended(() -> run(EXECUTE + ",'instances':'west-0'"));
    assertThat(ended.type() + " " + ended.record().code()).isEqualTo("Refused TOPOLOGY_DIFFERS");
    assertThat(ended.message()).contains("east-1: is by a link the directory of another too");
    assertThat(TestBed.ended(() -> run("'mode':'plan'")).message())
        .contains("east-1: is by a link");
  }

  /** Before every look whether they stream, and how often. */
  private AtomicInteger beforeTheyStream(Runnable what) {
    AtomicInteger times = new AtomicInteger();
    bed.faults()
        .before(
            call -> call.method().equals("awaitStreaming"),
            () -> {
              times.incrementAndGet();
              what.run();
            });
    return times;
  }

  /** It would end at that start, behind the plan that promised it. */
  @Test
  void one_that_its_own_configuration_would_not_start_is_refused_in_the_plan() {
    down();
    members.setOn("west-0", "max_connections", "99");
    refused("PREFLIGHT", "west-0 next-start-settings: max_connections is 99");
    members.setOn("west-0", "max_connections", "100");
    members.misconfigured("west-0", "pg_hba.conf has an invalid line");
    refused("PREFLIGHT", "west-0 configuration-files: pg_hba.conf has an invalid line");
  }

  private void down() {
    members.kill("west-0");
    members.write("east-0");
  }

  @Test
  void a_frozen_primary_is_nobodys_source() {
    down();
    members.freeze("east-0");
    refused("NO_PRIMARY", "no member of strait is known to accept writes: east-0: nothing answers");
  }

  @Test
  void a_cluster_that_was_not_meant_is_refused_before_anything_is_healed() {
    down();
    Ended ended = TestBed.ended(() -> run(EXECUTE + ",'systemIdentifierEnds':'4711'"));
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "IDENTITY_DIFFERS");
    assertThat(members.followersOf("east-0")).doesNotContain("west-0");
  }

  @Test
  void an_archive_that_leads_to_a_timeline_the_primary_never_had_refuses_or_is_told() {
    down();
    bed.world().archiveForeignHistory("east-0");
    refused("ARCHIVING_UNSAFE", "the archive that west-0 restores from has 00000002.history");
    assertThat(
            run(EXECUTE + ",'overrides':'foreign-history','reason':'it is being moved away'")
                .headline())
        .isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(bed.world().lastReceipt().decisions().toString())
        .contains("foreign-history: the archive", "it is being moved away");
  }

  @Test
  void programs_of_another_minor_version_are_told_in_the_plan_and_at_the_end() {
    down();
    bed.world().directories().programs("west-0", new ServerVersion(15, 18));
    String reported =
        "west-0 has programs of version 15.18, the primary east-0 runs 15.20: bring both to one"
            + " version, the standby first";
    ResilverResult plan = run("'by':'alice'");
    assertThat(List.of(plan.outcome(), plan.degraded()))
        .containsExactly("planned", List.of(reported));
    ResilverResult result = run(EXECUTE);
    assertThat(result.headline()).isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(result.degraded()).containsExactly(reported);
    assertThat(bed.world().lastReceipt().seen().degraded()).containsExactly(reported);
  }

  @Test
  void a_primary_that_freezes_while_they_catch_up_holds_until_it_goes_on() {
    down();
    AtomicInteger looks = beforeTheyStream(() -> members.freeze("east-0"));
    WorkflowStub run = start(EXECUTE);
    bed.until(run.getExecution().getWorkflowId(), "can't go on");
    assertThat(open().progress().headline()).startsWith("STREAMING can't go on: ");
    assertThat(looks.get()).isPositive();
    bed.faults().mend();
    members.thaw("east-0");
    assertThat(retried(run).headline()).isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(members.followersOf("east-0")).contains("west-0");
  }

  @Test
  void one_that_dies_as_it_comes_up_is_started_once_more() {
    down();
    AtomicInteger looks = new AtomicInteger();
    bed.faults()
        .before(
            call -> call.method().equals("awaitStreaming") && looks.incrementAndGet() == 1,
            () -> members.kill("west-0"));
    ResilverResult result = run(EXECUTE);
    assertThat(result.proof().toString()).contains("name=did not stream, so, value=start");
    assertThat(looks.get()).isEqualTo(2);
    assertThat(members.followersOf("east-0")).contains("west-0");
  }

  @Test
  void one_that_dies_again_and_again_holds_and_nobody_else_is_touched() {
    down();
    beforeTheyStream(() -> members.kill("west-0"));
    WorkflowStub run = start(EXECUTE);
    bed.until(run.getExecution().getWorkflowId(), "can't go on");
    assertThat(open().progress().headline())
        .startsWith("STREAMING can't go on: ")
        .contains("west-0", "the primary is untouched");
    assertThat(members.followersOf("east-0")).containsExactly("east-1");
    bed.faults().mend();
    assertThat(retried(run).outcome()).isEqualTo("Completed");
    assertThat(members.followersOf("east-0")).contains("west-0");
  }

  @Test
  void one_whose_link_to_the_primary_is_cut_is_waited_for_and_named() {
    members.cut("west-0", true);
    WorkflowStub run = start(EXECUTE);
    bed.until(run.getExecution().getWorkflowId(), "can't go on");
    assertThat(open().progress().headline())
        .startsWith("STREAMING can't go on: ")
        .contains("west-0");
    members.cut("west-0", false);
    assertThat(retried(run).outcome()).isEqualTo("Completed");
    assertThat(members.followersOf("east-0")).contains("west-0");
  }

  /** It requests WAL of the new primary once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_follows_and_is_not_waited_for() {
    members.kill("east-0");
    members.promote("east-1");
    Strait.appliesLate(members, "west-0", "1h");
    ResilverResult result = run(EXECUTE + ",'instances':'west-0'");
    assertThat(result.headline()).isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(result.degraded()).isEmpty();
    assertThat(result.proof().toString()).contains("name=replays first, value=it ");
    assertThat(bed.client().newUntypedWorkflowStub(ID).query("plan", Plan.class).objects())
        .contains(
            "west-0: FOLLOW from east-1; applies WAL 1h late, not waited for while it has some to"
                + " replay");
    assertThat(members.followersOf("east-1")).isEmpty();
    Strait.replays(members, "west-0", 0, 0);
    assertThat(members.followersOf("east-1")).containsExactly("west-0");
  }

  /** Its upstream by the cluster file is gone with its host. */
  @Test
  void a_cascading_standby_below_a_dead_member_follows_the_primary() {
    try (var four = new TestBed(new FakeCluster(Strait.belowEast()), ResilverImpl.class)) {
      List.of("east-1", "east-2").forEach(four.world().members()::kill);
      four.world().trouble().hostAnswers("e1", false);
      four.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options(ID))
          .resilver(Typed.run("{'cluster':'strait','instances':'east-2'," + EXECUTE + "}"));
      assertThat(four.client().newUntypedWorkflowStub(ID).query("plan", Plan.class).objects())
          .contains("east-2: FOLLOW from east-0; becomes standby of east-0 instead of east-1");
      assertThat(four.world().members().followersOf("east-0"))
          .containsExactlyInAnyOrder("east-2", "west-0");
    }
  }

  /** It was silent when the member that accepts writes was adopted, and its directory is lost. */
  @Test
  void a_host_that_names_another_names_none_before_anything_else_is_done() {
    down();
    bed.world().directories().lose("west-0");
    Strait.reported(members, "west-0", "east-1", 0);
    bed.world().directories().letCopiesBeSlow();
    Plan plan = planned();
    assertThat(plan.objects())
        .contains("the host of west-0: no instance may write; it names east-1");
    String approved = EXECUTE + ",'digest':'" + plan.digest() + "'";
    bed.faults().plan(call -> call.method().equals("ensureNobodyNamed"), Fault.FAILS);
    assertThat(TestBed.ended(() -> run(approved)).type()).isEqualTo("Failed");
    assertThat(bed.world().directories().begun("west-0")).isZero();
    assertThat(acts()).containsExactly("scheduled EnsureNobodyNamed");
    bed.faults().mend();
    bed.faults().plan(call -> call.step().equals("AUTHORITY"), Fault.REPEATS);
    assertThat(TestBed.ended(() -> run(approved)).message()).contains("west-0: TIMED_OUT");
    assertThat(acts()).startsWith("scheduled EnsureNobodyNamed").hasSizeGreaterThan(1);
    assertThat(members.authorityOf("west-0")).isEqualTo("none");
    assertThat(planned().objects().toString()).doesNotContain("may write");
  }

  private Plan planned() {
    run("'by':'alice'");
    return open().plan();
  }

  private List<String> acts() {
    return bed.events(ID).stream()
        .filter(event -> event.startsWith("scheduled Ensure"))
        .filter(event -> !event.endsWith("EnsureCheckpointed") && !event.endsWith("EnsureReceipt"))
        .toList();
  }

  /** Its slot, the copy that was begun, and what it wrote on hosts stay for the next. */
  @Test
  void a_run_that_is_gone_with_all_that_was_known_of_it_leaves_the_next_one_room() {
    members.kill("west-0");
    bed.world().directories().lose("west-0");
    ResilverResult plan = run("'by':'alice'");
    assertThat(plan.outcome()).isEqualTo("planned");
    String digest = open().plan().digest();
    String approved = EXECUTE + ",'digest':'" + digest + "'";
    bed.faults()
        .before(
            call -> call.method().equals("awaitCopied"),
            () -> {
              bed.faults().mend();
              bed.client().newUntypedWorkflowStub(ID).terminate("Temporal lost its data");
              bed.closeChildren();
            });
    assertThatThrownBy(() -> run(approved)).isInstanceOf(WorkflowFailedException.class);
    assertThat(members.slotsOf("east-0")).contains("west_0");
    assertThat(run(approved).headline()).isEqualTo("standbys again: west-0 by BASE_BACKUP");
    assertThat(members.followersOf("east-0")).contains("west-0");
  }

  @Test
  void while_another_run_has_the_lock_it_is_refused_and_names_it() {
    down();
    String lock = LockWorkflow.idOf(bed.world().cluster().name(), new SiteName("east"));
    Holder holder = new Holder("failback-of-ann", "", "Failback");
    WorkflowClient.start(
        bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(lock))::hold, holder);
    FakeRuns runs = bed.world().runs();
    String held = runs.open(bed.world().cluster().name(), holder.workflowId(), holder.what());
    runs.lock(lock, new Holder(holder.workflowId(), held, holder.what()));
    refused("LOCK_HELD", "`mooring follow failback-of-ann` shows it");
  }

  @Test
  void a_cluster_that_does_not_stream_has_nothing_to_resilver() {
    try (TestBed harbour = new TestBed(Harbour.cluster(2))) {
      ResilverWorkflow run =
          harbour.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(ID));
      Ended ended =
          TestBed.ended(() -> run.resilver(Typed.run("{'cluster':'harbour','by':'alice'}")));
      assertThat(List.of(ended.type(), ended.record().code()))
          .containsExactly("Refused", "BAD_INPUT");
      assertThat(ended.message()).contains("no standby of harbour streams");
    }
  }
}
