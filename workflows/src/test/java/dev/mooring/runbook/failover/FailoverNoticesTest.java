package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** People are told what a run needs of them, and nothing that becomes of that changes the run. */
class FailoverNoticesTest {
  private static final String NOTICES =
      "\nnotices: {webUi: 'http://ui.example/', channels: [{name: pager, command: page},"
          + " {name: chat, from: warning, webhook: {url: 'http://chat.example', format: slack}}]}";
  private static final String EXECUTE = OVER.replace("}", ",'mode':'execute','by':'alice'}");
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice'}";

  private static final String AUTOMATIC =
      "{automatic: {}, fences: [{host: e0, from: west, command: off, check: is-off, within:"
          + " PT10S}]}";

  private FailoverBed strait = new FailoverBed(Strait.synchronous("{}" + NOTICES));

  @BeforeEach
  void thePrimaryDies() {
    strait.world().members().kill("east-0");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private List<Notice> through(String channel) {
    return strait.bed.notices().taken().stream()
        .filter(one -> one.channel().name().equals(channel))
        .map(EnsureNoticed::notice)
        .toList();
  }

  private void sent(String channel, int notices) {
    strait.until(() -> through(channel).size() + "", (notices + "")::equals);
  }

  /** Each is sent by a run of its own: they come in any order. */
  private Notice sent(String channel, Event event) {
    Supplier<List<Notice>> such =
        () -> through(channel).stream().filter(one -> one.event() == event).toList();
    strait.until(() -> such.get().size() + "", "1"::equals);
    return such.get().get(0);
  }

  /** The run itself began no more, whatever is still under way. */
  private long begun(String run) {
    return strait.bed.client().fetchHistory("failover", run).getEvents().stream()
        .filter(event -> event.hasStartChildWorkflowExecutionInitiatedEventAttributes())
        .map(event -> event.getStartChildWorkflowExecutionInitiatedEventAttributes())
        .filter(child -> child.getWorkflowType().getName().equals("Notice"))
        .count();
  }

  private WorkflowStub watching(Proof... shown) {
    strait.close();
    strait = new FailoverBed(Strait.synchronous(AUTOMATIC + NOTICES));
    strait.bed.watchesEndAfter(3000);
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(strait.world(), "east-0", now.minus(Duration.ofDays(1)), true, shown);
    return strait.watching(WHEN, note -> note.startsWith("connects to east-0"));
  }

  /** It may arrive before the one that requested the approval: its headline has the time of it. */
  private void isOver(Notice over, Notice waits) {
    String digest = waits.message().next().replaceFirst(".*--digest (\\w{8}).*", "$1");
    String requested = waits.at().replaceFirst("^[^T]*T([0-9:]{8}).*", "$1Z");
    assertThat(over.message().headline())
        .startsWith(
            String.format(
                "the approval of failover requested at %s (plan %s) is no longer needed:"
                    + " east-0 accepts writes again",
                requested, digest));
    assertThat(over.message().next()).isEqualTo("`mooring status strait`");
    assertThat(over.severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void a_plan_that_waits_is_told_once_with_its_verdict_and_what_approves_it() {
    WorkflowStub run = strait.start(EXECUTE, headline -> headline.startsWith("waits for"));
    sent("pager", 1);
    Notice reported = through("pager").get(0);
    assertThat(reported.event()).isEqualTo(Event.WAITS);
    assertThat(reported.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(reported.message().headline())
        .isEqualTo("Failover waits for an approval by another person than alice");
    assertThat(reported.message().next())
        .isEqualTo(
            "mooring approve %s --digest %s --reason WHY",
            reported.run().workflowId(), strait.plan().digest());
    assertThat(reported.message().lines())
        .anyMatch(line -> line.startsWith("verdict on east-0: POSTMASTER_DEAD"))
        .anyMatch(line -> line.startsWith("candidate 1: ") && line.contains("lost with it"));
    assertThat(reported.run().link())
        .isEqualTo(
            "http://ui.example/namespaces/%s/workflows/%s/%s/history",
            "default", reported.run().workflowId(), reported.run().runId());
    sent("chat", 1);
    assertThat(through("chat")).containsExactly(reported);
    decide(run, "{'decision':'approve','digest':'" + strait.plan().digest() + "','by':'bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.bed.notices().taken()).hasSize(2);
    strait.isPrimary("west-0", "east-1");
  }

  /** The channel that gets warnings would else get the ending too. */
  @ParameterizedTest
  @ValueSource(strings = {"alice", "hook alertmanager"})
  void an_approval_that_is_needed_no_more_is_told_once_to_those_who_were_asked(String by) {
    strait.bed.watchesEndAfter(3000);
    WorkflowStub run =
        strait.start(EXECUTE.replace("alice", by), headline -> headline.startsWith("waits for an"));
    Notice waits = sent("pager", Event.WAITS);
    String id = strait.runId();
    strait.world().members().start("east-0");
    assertThat(TestBed.ended(() -> strait.result(run)).record().code()).isEqualTo("PRIMARY_BACK");
    Notice over = sent("pager", Event.OVER);
    isOver(over, waits);
    assertThat(over.key()).isNotEqualTo(waits.key());
    assertThat(sent("chat", Event.OVER)).isEqualTo(over);
    assertThat(begun(id)).as("no ending beside it").isEqualTo(2);
  }

  @Test
  void a_watch_that_goes_on_tells_those_who_were_asked_that_the_approval_is_needed_no_more() {
    watching();
    String first = strait.runId();
    strait.world().members().kill("east-0");
    Notice waits = sent("pager", Event.WAITS);
    assertThat(waits.message().lines())
        .anyMatch(line -> line.startsWith("verdict on east-0: POSTMASTER_DEAD"))
        .anyMatch(line -> line.matches("silent since: \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"));
    strait.world().members().start("east-0");
    isOver(sent("pager", Event.OVER), waits);
    isOver(sent("chat", Event.OVER), waits);
    strait.until(strait::runId, now -> !now.equals(first));
    assertThat(begun(first)).isEqualTo(2);
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
  }

  @Test
  void a_failover_without_a_person_is_told_with_what_it_saw_and_what_shows_it() {
    WorkflowStub run = watching(Proof.FENCE, Proof.LAUNCHER, Proof.CONTROL);
    strait.world().members().kill("east-0");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    Notice ended = sent("pager", Event.ENDED);
    assertThat(ended.message().headline())
        .startsWith("Failover ended Completed without a person: ");
    assertThat(ended.message().lines())
        .anyMatch(line -> line.startsWith("silent since: "))
        .anyMatch(line -> line.startsWith("verdict on east-0: POSTMASTER_DEAD"));
    assertThat(ended.message().next()).isEqualTo("`mooring report failover`");
  }

  @Test
  void a_hold_is_told_and_then_how_it_ended() {
    String digest = strait.run(OVER).digest();
    strait.bed.faults().plan(call -> call.method().equals("ensureFenced"), Fault.FAILS);
    WorkflowStub run =
        strait.start(approved(OVER, digest), headline -> headline.contains("can't go on"));
    sent("pager", 1);
    assertThat(through("pager")).extracting(Notice::event).containsExactly(Event.HOLDS);
    List<String> seen = through("pager").get(0).message().lines();
    assertThat(seen)
        .anyMatch(line -> line.startsWith("verdict on east-0: POSTMASTER_DEAD"))
        .anyMatch(line -> line.startsWith("witness: "))
        .anyMatch(line -> line.startsWith("candidate 1: ") && line.contains("lost with it"));
    decide(run, "{'decision':'give-up','by':'bob','reason':'by hand'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Stuck");
    sent("pager", 2);
    assertThat(through("pager").get(1).message().headline()).startsWith("Failover ended Stuck: ");
    assertThat(through("pager").get(1).message().lines()).isEqualTo(seen);
    assertThat(through("pager").get(1).message().next())
        .endsWith("; `mooring report failover` shows the run");
    assertThat(through("pager"))
        .extracting(Notice::severity)
        .containsExactly(Severity.CRITICAL, Severity.CRITICAL);
  }

  @Test
  void an_ending_that_needs_nobody_is_told_to_those_who_asked_for_it() {
    strait.ended(approved(OVER, "0".repeat(64)));
    sent("chat", 1);
    assertThat(through("chat").get(0).message().headline()).startsWith("Failover ended Refused: ");
    assertThat(through("chat").get(0).severity()).isEqualTo(Severity.WARNING);
    assertThat(through("pager")).isEmpty();
  }

  /** No person is at a terminal; the key keeps a schedule from sending it with each of its runs. */
  @Test
  void a_scheduled_ending_that_needs_nobody_is_sent_once_in_some_hours() {
    WorkflowOptions nightly =
        WorkflowOptions.newBuilder(strait.options())
            .setTypedSearchAttributes(
                SearchAttributes.newBuilder()
                    .set(SearchAttributeKey.forKeyword("TemporalScheduledById"), "nightly")
                    .build())
            .build();
    WorkflowStub run = strait.bed.client().newUntypedWorkflowStub("Failover", nightly);
    run.start(Typed.run(EXECUTE));
    sent("pager", 1);
    sent("chat", 1);
    decide(run, "{'decision':'reject','by':'bob','reason':'not now'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Refused");
    sent("chat", 2);
    assertThat(through("chat").get(1).event()).as("a person decided").isEqualTo(Event.ENDED);
    assertThat(through("chat").get(1).key())
        .startsWith("mooring-notice:strait:Failover:REJECTED:WARNING:");
    assertThat(through("pager")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hook alertmanager", "watch.reactions.failover"})
  void what_a_hook_or_a_watch_started_and_is_refused_is_critical(String by) {
    strait.world().members().start("east-0");
    strait.ended(EXECUTE.replace("alice", by));
    sent("pager", 1);
    assertThat(through("pager")).extracting(Notice::event).containsExactly(Event.ENDED);
    assertThat(through("pager").get(0).severity()).isEqualTo(Severity.CRITICAL);
  }

  @Test
  void a_channel_that_fails_stops_no_run() {
    strait.bed.faults().plan(call -> call.method().equals("ensureNoticed"), Fault.FAILS);
    WorkflowStub run = strait.start(EXECUTE, headline -> headline.startsWith("waits for"));
    decide(run, "{'decision':'approve','digest':'" + strait.plan().digest() + "','by':'bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }
}
