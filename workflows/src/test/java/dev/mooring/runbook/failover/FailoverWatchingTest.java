package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.FakeWitnesses.Ear;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.ConnectionActivities.Came;
import dev.mooring.port.ConnectionActivities.Watched;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a failover that waits hears of its primary, and what it takes for gone. */
class FailoverWatchingTest {
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','mode':'execute','by':'alice'}";
  private static final List<String> MEMBERS = List.of("east-0", "east-1", "west-0");

  /** They come in any order, and all are to find the same. */
  private static final List<String> BY_A_WITNESS =
      List.of("observeConnection", "observeOnHost", "observeFromHost");

  private FailoverBed strait = with("");

  private static FailoverBed with(String more) {
    return new FailoverBed(
        Strait.synchronous(
            "{automatic: {after: PT5S}, fences: [{host: e0, from: west, command: off, check:"
                + " is-off, within: PT10S}]"
                + more
                + "}"));
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  /** A run that watches, of a cluster whose fences were rehearsed a day ago. */
  private WorkflowStub watching() {
    return watching("connects to east-0");
  }

  private WorkflowStub watching(String note) {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(strait.world(), "east-0", now.minus(Duration.ofDays(1)), true, Proof.values());
    return strait.watching(WHEN, said -> said.contains(note));
  }

  private void primaryDies() {
    strait.world().members().kill("east-0");
  }

  @Test
  void a_primary_that_answers_when_all_look_stays_where_it_is() throws InterruptedException {
    FakeMembers members = strait.world().members();
    members.freeze("east-0");
    strait.before("observeOnHost", () -> members.thaw("east-0"));
    WorkflowStub run = strait.begin(WHEN);
    assertThat(Limit.reached(30, () -> strait.goesOnAfter("and nothing is done"))).isTrue();
    assertThat(members.writers()).containsExactly("east-0");
    // the test server loses an update at times that meets a task of a run that never rests
    run.signal(
        "decideBySignal", Typed.json("{'decision':'roll-back','by':'bob','reason':'enough'}"));
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    strait.isPrimary("east-0", "east-1", "west-0");
  }

  /** As while the machines of the workers have no network. */
  @Test
  void a_watch_outlasts_a_time_in_which_nobody_is_seen() {
    watching();
    nobodyIsSeen(true);
    strait.untilWatched(note -> note.contains("no member of strait was observed"));
    strait.untilWatched(note -> note.contains("; nothing is done, and the watch continues"));
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** As while SSH alone is kept from them. */
  @Test
  void a_watch_outlasts_a_time_in_which_no_host_answers() {
    watching();
    hostsAnswer(false);
    strait.world().members().freeze("east-0");
    strait.untilWatched(note -> note.contains("no standby can be promoted"));
    strait.untilWatched(note -> note.contains("; nothing is done, and the watch continues"));
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** Its cut lasted longer than that, and a server that crashed may be up again in a moment. */
  @Test
  void a_primary_is_not_gone_for_as_long_as_one_site_was_cut_off() {
    strait.bed.watchesEndAfter(3000);
    strait.bed.hears("west", Ear.DEAF);
    strait.bed.hears("east", Ear.LATELY);
    strait
        .bed
        .faults()
        .beforeFirst(call -> BY_A_WITNESS.contains(call.method()), this::primaryDies);
    WorkflowStub run =
        watching("it is POSTMASTER_DEAD, not yet silent to the worker of east for 5 s, and");
    assertThat(strait.bed.faults().calls()).extracting(Called::step).doesNotContain("FENCE");
    strait.bed.hears("east", Ear.DEAF);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  /** A site that was cut off, and is not any more, is as any other. */
  @Test
  void what_a_site_heard_nothing_of_before_counts_no_more_once_it_hears_again()
      throws InterruptedException {
    strait.bed.watchesEndAfter(3000);
    strait.bed.hears("west", Ear.DEAF);
    WorkflowStub run = watching("the worker of west heard nothing of east-0");
    strait.untilWatched(note -> note.contains("it is CUT_OFF, and nothing is done"));
    strait.bed.hears("west", Ear.LATELY);
    assertThat(Limit.reached(30, this::aWatchHeard)).isTrue();
    primaryDies();
    strait.untilWatched(
        note -> note.contains("it is POSTMASTER_DEAD, not yet silent to the worker of west"));
    assertThat(strait.bed.faults().calls()).extracting(Called::step).doesNotContain("FENCE");
    strait.bed.hears("west", Ear.DEAF);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
  }

  private boolean aWatchHeard() {
    return strait.bed.faults().carried().stream()
        .anyMatch(one -> one.result() instanceof Watched watched && watched.came() == Came.HEARD);
  }

  /** The site that fell silent first, and lets all look, did not hear that. */
  @Test
  void what_is_lost_is_told_by_the_site_that_heard_the_primary_last() {
    strait.close();
    strait = with(", maxLossBytes: 100");
    strait.bed.hears("west", Ear.DEAF);
    strait.world().members().commitsWaitFor("east-0", "");
    FakeMembers members = strait.world().members();
    AtomicBoolean died = new AtomicBoolean();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("observeConnection"),
            () -> {
              // both sites' calls come here, and neither looks before it is done
              synchronized (members) {
                if (died.compareAndSet(false, true)) {
                  members.cut("east-0", true);
                  members.write("east-0");
                  members.write("east-0");
                  members.kill("east-0");
                  members.cut("east-0", false);
                }
              }
            });
    watching("POSTMASTER_DEAD");
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(strait.plan().measured().toString()).contains("; east-1 lacks 200 bytes of it");
    assertThat(members.writers()).isEmpty();
  }

  /** What it heard it can't tell any more. */
  @Test
  void a_site_that_is_gone_with_its_worker_is_not_waited_for() {
    WorkflowStub run = watching();
    strait.bed.hears("east", Ear.LOST);
    strait.primaryDiesWithItsHost();
    assertThat(strait.result(run).headline()).contains("east-0 is powered off");
    strait.bed.hears("east", Ear.DEAF);
    strait.isPrimary("east-1", "west-0");
  }

  /** Each hour's watch asks who the primary is, and so does one that is begun anew. */
  @Test
  void a_watch_that_is_begun_anew_while_nobody_is_seen_goes_on() {
    strait.bed.watchesEndAfter(1);
    WorkflowStub run = watching();
    nobodyIsSeen(true);
    String first = strait.runId();
    strait.until(strait::runId, now -> !now.equals(first));
    strait.untilWatched(note -> note.contains("no member of strait was observed"));
    nobodyIsSeen(false);
    strait.untilWatched(note -> note.startsWith("connects to east-0"));
    primaryDies();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  private void hostsAnswer(boolean answer) {
    List.of("e0", "e1", "w0").forEach(host -> strait.world().trouble().hostAnswers(host, answer));
  }

  /** Never a host that answers beside a server that stands still, which would be gone. */
  private void nobodyIsSeen(boolean silent) {
    FakeMembers members = strait.world().members();
    if (silent) {
      hostsAnswer(false);
      MEMBERS.forEach(members::freeze);
    } else {
      MEMBERS.forEach(members::thaw);
      hostsAnswer(true);
    }
  }

  /** Watches are of an hour each, and a history of events has its end. */
  @Test
  void a_history_that_grows_long_is_begun_anew_and_the_watch_goes_on() {
    strait.bed.watchesEndAfter(1);
    WorkflowStub run = watching();
    String first = strait.runId();
    strait.until(strait::runId, now -> !now.equals(first));
    primaryDies();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }
}
