package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.WitnessActivities;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A failover that was started before there was anything to fail over. */
class FailoverUnattendedTest {
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice'}";
  private static final String POWER =
      "fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]";

  private static final String WHY = ",'reason':'its disks burnt'";

  private FailoverBed strait = with("{automatic: {}, " + POWER + "}");

  private static FailoverBed with(String failover) {
    return new FailoverBed(Strait.synchronous(failover));
  }

  private void settles(String failover) {
    strait.close();
    strait = with(failover);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  /** A run that watches, of a cluster whose fences were rehearsed a day ago. */
  private WorkflowStub watching() {
    rehearsed(Duration.ofDays(1), true);
    return watchingAsItIs();
  }

  private void rehearsed(Duration ago, boolean passed) {
    shown(ago, passed, Proof.FENCE, Proof.LAUNCHER, Proof.CONTROL);
  }

  private void shown(Duration ago, boolean passed, Proof... shown) {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(strait.world(), "east-0", now.minus(ago), passed, shown);
  }

  private WorkflowStub watchingAsItIs() {
    return strait.watching(WHEN, note -> note.startsWith("connects to east-0"));
  }

  private void primaryDies() {
    strait.world().members().kill("east-0");
  }

  @Test
  void nobody_is_asked_where_the_file_lets_it() {
    WorkflowStub run = watching();
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    primaryDies();
    RoleChangeResult result = strait.result(run);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline()).contains("east-0 is fenced");
    assertThat(
            strait.bed.faults().carried().stream()
                .filter(one -> one.call().step().equals("WATCH"))
                .flatMap(one -> times(one.argument()))
                .toList())
        .as("a server that is restarted is down in one look")
        .isNotEmpty()
        .containsOnly(3);
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("failover.automatic of the cluster file");
    strait.isPrimary("east-1", "west-0");
  }

  /** The file approves it, and no person is there to sign. */
  @Test
  void approvers_of_the_file_are_not_asked_where_the_file_lets_it() {
    settles(String.join("\n", "{automatic: {}, " + POWER + "}", ApprovalSigner.APPROVERS));
    WorkflowStub run = watching();
    primaryDies();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::byWithSignature)
        .containsExactly("failover.automatic of the cluster file");
  }

  private static Stream<Integer> times(Object asked) {
    if (asked instanceof WitnessActivities.AskHost host) {
      return Stream.of(host.times());
    }
    return asked instanceof ConnectionActivities.TryConnection tryConnection
        ? Stream.of(tryConnection.times())
        : Stream.of();
  }

  /** As where the worker of its site was started again while the watch began. */
  @Test
  void a_rehearsal_that_no_worker_read_when_the_watch_began_is_read_once_the_primary_is_gone() {
    strait.bed.faults().plan(call -> call.method().equals("observeRehearsed"), Fault.UNSERVED);
    WorkflowStub run = watching();
    strait.bed.faults().mend();
    primaryDies();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("failover.automatic of the cluster file");
  }

  @Test
  void a_host_that_is_silent_too_is_powered_off() {
    shown(Duration.ofDays(1), true, Proof.POWER, Proof.AFTER_REBOOT);
    WorkflowStub run = watchingAsItIs();
    strait.primaryDiesWithItsHost();
    assertThat(strait.result(run).headline()).contains("east-0 is powered off");
    strait.isPrimary("east-1", "west-0");
  }

  /** Another fence than the one that is used then was rehearsed. */
  @Test
  void a_person_is_asked_where_the_check_of_the_power_was_not_shown() {
    WorkflowStub run = watching();
    strait.primaryDiesWithItsHost();
    isAsked(run, "east-0 automatic-rehearsal, value=passed 1 d ago, without power");
  }

  /** Whoever switches it on again would have two that accept writes. */
  @Test
  void a_person_is_asked_where_nothing_keeps_it_down_once_its_host_is_switched_on_again() {
    shown(Duration.ofDays(1), true, Proof.POWER);
    WorkflowStub run = watchingAsItIs();
    strait.primaryDiesWithItsHost();
    isAsked(run, "east-0 automatic-rehearsal, value=passed 1 d ago, without after_reboot");
  }

  /** Somebody may be about to start it, and nobody looks. */
  @Test
  void a_run_that_nobody_approved_takes_no_fence_out_where_it_promotes_nobody() {
    strait.bed.faults().plan(call -> call.method().equals("ensurePromoted"), Fault.FAILS);
    WorkflowStub run = watching();
    primaryDies();
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains("east-0 stays fenced: no person approved this run");
    strait.world().members().start("east-0");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** Its site may be cut off from the other one, and accept writes. */
  @Test
  void a_person_is_asked_where_no_machine_of_its_site_and_none_of_a_third_looked() {
    shown(Duration.ofDays(1), true, Proof.POWER, Proof.AFTER_REBOOT);
    WorkflowStub run =
        strait.watching(
            WHEN.replace("'mode'", "'to':'west-0','mode'"),
            note -> note.startsWith("connects to east-0"));
    strait.world().trouble().hostAnswers("e1", false);
    strait.primaryDiesWithItsHost();
    isAsked(run, "east-0 automatic-witness-sites, value=west; must be east or two others");
  }

  /** The plan stands already, so that only a word is missing. */
  @Test
  void a_person_is_asked_where_who_may_write_changed_a_moment_ago() {
    long now = strait.bed.temporal().currentTimeMillis();
    Strait.named(strait.world(), "east-0", now - Duration.ofMinutes(10).toMillis());
    WorkflowStub run = watching();
    primaryDies();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.plan().measured().toString())
        .contains("unchanged for 1 h: warning (let a person approve it");
    String digest = strait.plan().digest();
    decide(run, "{'decision':'approve','digest':'" + digest + "','reason':'go','by':'bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("bob");
    strait.isPrimary("east-1", "west-0");
  }

  /** Nobody need approve anything then; it may die again. */
  @Test
  void a_primary_that_comes_back_before_anybody_approves_is_watched_again() {
    strait.bed.watchesEndAfter(3000);
    WorkflowStub run = watchingAsItIs();
    String first = strait.runId();
    primaryDies();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    strait.world().members().start("east-0");
    strait.until(strait::runId, now -> !now.equals(first));
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
    assertThat(strait.world().lastReceipt().ending().code()).isEqualTo("PRIMARY_BACK");
    strait.isPrimary("east-0", "east-1", "west-0");
    primaryDies();
    isAsked(run, "none that was read while its host answered");
  }

  @Test
  void a_member_that_is_promoted_before_anybody_approves_is_watched() {
    strait.bed.watchesEndAfter(3000);
    WorkflowStub run = watchingAsItIs();
    String first = strait.runId();
    primaryDies();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    strait.world().members().promote("east-1");
    strait.until(strait::runId, now -> !now.equals(first));
    strait.untilWatched(note -> note.startsWith("connects to east-1"));
    assertThat(strait.world().lastReceipt().ending().code()).isEqualTo("PRIMARY_BACK");
    run.terminate("the test is over");
  }

  /** The run is weeks old by then, and reads what is in force. */
  @Test
  void by_a_file_without_the_section_by_the_time_it_acts_it_is_refused() {
    WorkflowStub run = watching();
    strait.world().clusterFileBecomes(Strait.synchronous("{" + POWER + "}"));
    primaryDies();
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().headline()).contains("has no failover.automatic");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  @Test
  void by_a_file_that_has_changed_by_the_time_it_acts_it_promotes_what_that_allows() {
    WorkflowStub run = watching();
    strait
        .world()
        .clusterFileBecomes(
            Strait.synchronous("{automatic: {}, exclude: [east-1], " + POWER + "}"));
    primaryDies();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_person_is_asked_where_the_file_is_not_known_to_be_the_same() {
    WorkflowStub run = watching();
    strait.world().trouble().clusterFileDiffersAt(new SiteName("west"), "0ther");
    primaryDies();
    isAsked(run, "");
  }

  @Test
  void in_an_hour_at_most_a_watch_goes_on_by_a_file_that_has_changed() {
    strait.bed.watchesEndAfter(1);
    WorkflowStub run = watching();
    strait.world().clusterFileBecomes(Strait.synchronous("{" + POWER + "}"));
    assertThat(TestBed.ended(() -> strait.result(run)).record().headline())
        .contains("has no failover.automatic");
  }

  @Test
  void a_person_is_asked_where_the_fence_was_never_rehearsed_or_failed_or_long_ago() {
    asks(() -> {}, "none that was read while its host answered");
    asks(() -> rehearsed(Duration.ofDays(1), false), "failed 1 d ago");
    asks(() -> rehearsed(Duration.ofDays(31), true), "passed 31 d ago");
    asks(
        () ->
            shown(
                Duration.ofDays(1),
                true,
                Proof.FENCE,
                Proof.CONTROL,
                Proof.POWER,
                Proof.AFTER_REBOOT),
        "passed 1 d ago, without launcher");
  }

  /** Whoever stopped it may be about to start it again. */
  @Test
  void a_person_is_asked_where_the_primary_was_shut_down_in_order() {
    WorkflowStub run = watching();
    Strait.stopped(strait.world(), "east-0");
    isAsked(
        run, "east-0 automatic-shutdown, value=shut down; must be not shut down in order: warning");
  }

  /** Commits wait for nobody, and what it wrote last came to no standby. */
  @Test
  void a_person_is_asked_where_more_is_known_to_be_lost_than_the_file_lets() {
    settles("{automatic: {}, maxLossBytes: 100, " + POWER + "}");
    strait.world().members().commitsWaitFor("east-0", "");
    strait.world().members().cut("east-0", true);
    strait.world().members().write("east-0");
    strait.world().members().write("east-0");
    WorkflowStub run = watching();
    primaryDies();
    strait.world().members().cut("east-0", false);
    isAsked(
        run,
        " before it fell silent; east-1 lacks 200 bytes of it; must be a loss that is known, and at"
            + " most");
  }

  @Test
  void nobody_is_asked_where_what_is_known_to_be_lost_is_little() {
    settles("{automatic: {}, maxLossBytes: 100, " + POWER + "}");
    strait.world().members().commitsWaitFor("east-0", "");
    strait.world().members().cut("east-0", true);
    strait.world().members().write("east-0");
    WorkflowStub run = watching();
    primaryDies();
    strait.world().members().cut("east-0", false);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.plan().measured().toString())
        .contains("the primary was last observed at ", "; east-1 lacks 100 bytes of it");
    strait.isPrimary("east-1", "west-0");
  }

  /** What it wrote since is known to nobody. */
  @Test
  void a_person_is_asked_where_the_primary_was_seen_to_write_too_long_ago_or_never() {
    asksAboutItsLoss(Optional.of(Duration.ofSeconds(5)), ", 5 s before it fell silent;", false);
    asksAboutItsLoss(Optional.of(Duration.ofSeconds(6)), ", 6 s before it fell silent;", true);
    asksAboutItsLoss(
        Optional.empty(),
        "unknown: no write of the primary was observed before it fell silent",
        true);
  }

  private void asksAboutItsLoss(Optional<Duration> seen, String words, boolean asks) {
    settles("{automatic: {}, maxLossBytes: 100, " + POWER + "}");
    strait.bed.sawItWrite(seen);
    strait.world().members().commitsWaitFor("east-0", "");
    WorkflowStub run = watching();
    primaryDies();
    if (asks) {
      isAsked(run, words);
    } else {
      assertThat(strait.result(run).outcome()).isEqualTo("Completed");
      assertThat(strait.plan().measured().toString()).contains(words);
    }
  }

  /** The old primary's host, which would tell, is powered off by a run that nobody watches. */
  @Test
  void a_person_is_asked_where_standbys_disagree_on_the_timeline_and_the_old_host_is_silent() {
    commitsWaitForNobody();
    WorkflowStub run = watchingAsItIs();
    FakeMembers members = strait.world().members();
    synchronized (members) {
      members.kill("east-0");
      members.cut("east-1", true);
      members.promote("west-0");
      members.kill("west-0");
      members.putSignal("west-0");
      members.start("west-0");
      members.cut("east-1", false);
      strait.world().trouble().hostAnswers("e0", false);
    }
    isAsked(run, "automatic-timeline, value=[1, 2] by the standbys; must be one");
  }

  /** Nobody who is left knows of those. */
  @Test
  void a_person_is_asked_where_commits_of_a_role_waited_for_nobody() {
    Strait.unwaited(strait.world().members(), "role batch in database shop: off");
    WorkflowStub run = watching();
    primaryDies();
    isAsked(run, "what is lost of them is unknown: role batch in database shop: off; must be");
  }

  private void commitsWaitForNobody() {
    strait.close();
    strait =
        new FailoverBed(
            Strait.cluster("sites:\n", "failover: {automatic: {}, " + POWER + "}\nsites:\n"));
    shown(
        Duration.ofDays(1),
        true,
        Proof.FENCE,
        Proof.LAUNCHER,
        Proof.CONTROL,
        Proof.POWER,
        Proof.AFTER_REBOOT);
  }

  private WorkflowStub hostDiesWithWhatNobodyKnows() {
    strait.bed.sawItWrite(Optional.empty());
    WorkflowStub run = watchingAsItIs();
    strait.primaryDiesWithItsHost();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    return run;
  }

  private String approval(String reason) {
    String digest = strait.plan().digest();
    return "{'decision':'approve','digest':'" + digest + "'" + reason + ",'by':'bob'}";
  }

  /** Nobody could override it by its name before there was anything to lose. */
  @Test
  void a_person_who_approves_what_nobody_knows_overrides_that_by_its_name() {
    commitsWaitForNobody();
    WorkflowStub run = hostDiesWithWhatNobodyKnows();
    assertThat(strait.plan().objects())
        .filteredOn(object -> object.startsWith("approving this plan overrides"))
        .singleElement()
        .asString()
        .startsWith("approving this plan overrides fetch-wal of east-1: must be a loss that is");
    decide(run, approval(WHY));
    assertThat(strait.result(run).headline()).endsWith("unknown: commits waited for no standby");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by, DecisionRecord::reason)
        .containsExactly(
            tuple("approve", "bob", "its disks burnt"),
            tuple("override", "bob", "its disks burnt"));
    strait.isPrimary("east-1", "west-0");
  }

  @Test
  void each_rule_that_an_approval_overrides_stands_in_the_receipt() {
    commitsWaitForNobody();
    rehearsed(Duration.ofDays(1), true);
    WorkflowStub run = hostDiesWithWhatNobodyKnows();
    decide(run, approval(WHY));
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about, DecisionRecord::by)
        .containsExactly(tuple("after-reboot", "bob"), tuple("fetch-wal", "bob"));
    strait.isPrimary("east-1", "west-0");
  }

  @Test
  void an_approval_that_overrides_a_rule_needs_a_reason() {
    commitsWaitForNobody();
    WorkflowStub run = hostDiesWithWhatNobodyKnows();
    String refused = "an approval of this plan overrides fetch-wal and needs a reason";
    assertThatThrownBy(() -> decide(run, approval(""))).hasStackTraceContaining(refused);
    run.signal("decideBySignal", Typed.json(approval(",'reason':' '")));
    strait.until(strait::headline, headline -> headline.contains(refused));
    assertThat(strait.world().members().writers()).isEmpty();
    decide(run, approval(WHY));
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
  }

  /** Whatever a rehearsal showed of a launcher that the cluster file says asks no guard. */
  @Test
  void a_person_is_asked_where_the_file_says_that_servers_start_with_their_hosts() {
    settles("{automatic: {}, " + POWER + "}\nguard: {afterReboot: start}");
    shown(Duration.ofDays(1), true, Proof.POWER, Proof.AFTER_REBOOT);
    WorkflowStub run = watchingAsItIs();
    strait.primaryDiesWithItsHost();
    isAsked(run, "automatic-overrides, value=after-reboot");
  }

  /** What its attempts saw is known, and a person is asked for another reason. */
  @Test
  void a_loss_that_was_seen_before_it_fell_silent_is_none_that_nobody_knows() {
    commitsWaitForNobody();
    shown(Duration.ofDays(1), true, Proof.AFTER_REBOOT);
    WorkflowStub run = watchingAsItIs();
    strait.primaryDiesWithItsHost();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    decide(run, approval(""));
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("bob");
  }

  /** The disk that it would read tells no more than the attempts did. */
  @Test
  void a_host_that_falls_silent_after_the_plan_is_powered_off_where_nobody_is_asked() {
    commitsWaitForNobody();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("FENCE"),
            () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run = watchingAsItIs();
    primaryDies();
    assertThat(strait.result(run).headline()).contains("east-0 is powered off");
    strait.isPrimary("east-1", "west-0");
  }

  /** Who confirmed its commits only the primary knew. */
  @Test
  void a_person_is_asked_where_nobody_knows_what_is_lost() {
    strait.world().members().commitsWaitFor("east-0", "*");
    WorkflowStub run = watching();
    primaryDies();
    isAsked(run, "unknown: commits waited for any standby that streamed, ");
  }

  /** Somebody may have promoted it there by hand. */
  @Test
  void a_person_is_asked_where_another_site_is_silent() {
    strait.world().members().commitsWaitFor("east-0", "");
    WorkflowStub run = watching();
    strait.world().members().kill("west-0");
    strait.world().trouble().hostAnswers("w0", false);
    primaryDies();
    isAsked(run, "automatic-silent-members, value=west-0; must be none");
  }

  private WorkflowStub watchingWithARecordOnHost(String host) {
    shown(Duration.ofDays(1), true, Proof.POWER, Proof.AFTER_REBOOT);
    Strait.relaxed(strait.world(), host, "east-0", 1);
    return watchingAsItIs();
  }

  @Test
  void a_person_is_asked_where_a_record_says_that_commits_may_have_waited_for_no_standby() {
    WorkflowStub run = watchingWithARecordOnHost("w0");
    strait.primaryDiesWithItsHost();
    isAsked(run, "east-1 automatic-loss, value=unknown: by the record of epoch 7 commits may wait");
  }

  /** The record may be over, and then west-0 alone may have confirmed a commit. */
  @Test
  void a_record_lets_no_standby_take_the_place_that_may_lack_what_another_confirmed() {
    WorkflowStub run = watchingWithARecordOnHost("w0");
    strait.world().members().kill("west-0");
    strait.primaryDiesWithItsHost();
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).startsWith("east-1 waited-for: ");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  private void asks(Runnable rehearsal, String seen) {
    settles("{automatic: {}, " + POWER + "}");
    rehearsal.run();
    WorkflowStub run = watchingAsItIs();
    primaryDies();
    isAsked(run, "east-0 automatic-rehearsal, value=" + seen);
    assertThat(strait.plan().measured().toString()).contains("`mooring rehearse strait`");
  }

  private void isAsked(WorkflowStub run, String why) {
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(strait.plan().measured().toString()).contains(why);
    decide(run, "{'decision':'reject','by':'bob','reason':'not yet'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Refused");
  }

  @Test
  void it_is_refused_where_the_file_does_not_say_when() {
    settles("{" + POWER + "}");
    Ended ended = strait.ended(WHEN);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains("has no failover.automatic");
  }

  @Test
  void what_a_person_says_of_a_primary_now_is_not_taken_for_later() {
    Ended ended =
        strait.ended(
            "{'cluster':'strait','when':'primary-down','lost':'burnt','overrides':'excluded','reason':'x'}");
    assertThat(ended.type()).isEqualTo("BAD_INPUT");
    assertThat(ended.toString())
        .contains("primary-down is for mode execute, got plan", "takes no digest, overrides, lost");
  }
}
