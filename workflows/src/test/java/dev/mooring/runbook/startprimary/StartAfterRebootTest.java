package dev.mooring.runbook.startprimary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run that a watch asked for starts the primary without a person where all conditions hold. */
class StartAfterRebootTest {
  static final String SITES = "sites:\n";
  static final String AUTO = "guard: {startAfterReboot: auto}\nsites:\n";
  private static final String ASK = "guard: {startAfterReboot: ask}\nsites:\n";
  private static final String TYPED = "{'cluster':'strait','mode':'execute','by':'alice'}";
  static final String AUTOMATIC =
      "{'cluster':'strait','mode':'execute','boot':'b2','by':'watch','reason':'reboot'}";

  private StartBed strait = new StartBed(Strait.cluster(SITES, AUTO));

  @BeforeEach
  void theHostStartsAgain() {
    strait.members().moved("east-0", 5);
    strait.members().reboot("east-0", "b2");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private Ended refused(String inHeadline) {
    return refused(inHeadline, AUTOMATIC);
  }

  private Ended refused(String inHeadline, String request) {
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains(inHeadline);
    assertThat(strait.acts()).isEmpty();
    return ended;
  }

  @Test
  void it_starts_and_is_named_in_this_boot_and_the_receipt_says_that_no_person_approved() {
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
    assertThat(strait.world().lastReceipt().decisions())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.decision()).isEqualTo("approve");
              assertThat(one.by()).isEqualTo("guard.startAfterReboot of the cluster file");
            });
    strait.members().kill("east-0");
    refused("east-0 automatic-boot: no start guard waits in a new boot");
  }

  /** The file that permits the start approves it: no person is asked for a signature. */
  @Test
  void it_waits_for_no_signature_where_only_a_signature_approves() {
    strait.close();
    strait = new StartBed(Strait.cluster(SITES, ApprovalSigner.APPROVERS + AUTO));
    theHostStartsAgain();
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .singleElement()
        .satisfies(one -> assertThat(one.unsigned()).isFalse());
  }

  @Test
  void a_typed_run_waits_for_a_person_in_a_new_boot_too() {
    WorkflowStub run = strait.start(TYPED, headline -> headline.contains("waits for an approval"));
    assertThat(strait.members().writers()).isEmpty();
    StartBed.decide(run, "{'decision':'reject','by':'bob'}");
  }

  /** A person who types the request of a watch gets no more than the watch. */
  @Test
  void in_the_same_boot_or_another_one_it_is_refused() {
    strait.members().reboot("east-0", "b3");
    refused("east-0 automatic-boot: its start guard waits in boot b3");
    strait.members().start("east-0");
    strait.members().kill("east-0");
    refused("east-0 automatic-boot: no start guard waits in a new boot");
  }

  @Test
  void a_silent_host_of_another_member_refuses_it() {
    strait.world().trouble().hostAnswers("w0", false);
    refused("(rule other-side-silent)");
  }

  @Test
  void a_host_that_is_silent_for_a_moment_is_waited_for() {
    strait.world().trouble().hostAnswers("w0", false);
    strait.before("observeMonitoring", () -> strait.world().trouble().hostAnswers("w0", true));
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** Its first answer says what else starts or promotes members there. */
  @Test
  void another_manager_on_a_host_that_is_silent_at_first_refuses_it() {
    strait.members().managedBy("west-0", "repmgrd runs");
    strait.world().trouble().hostAnswers("w0", false);
    strait.before("observeMonitoring", () -> strait.world().trouble().hostAnswers("w0", true));
    refused("west-0 other-managers: repmgrd runs");
  }

  @Test
  void a_host_whose_other_managers_can_not_be_read_refuses_it() {
    strait.before("observeSurroundings", () -> strait.world().trouble().hostAnswers("w0", false));
    strait.before("observeMonitoring", () -> strait.world().trouble().hostAnswers("w0", true));
    refused("west-0 automatic-host-answers: ");
  }

  @Test
  void its_own_host_that_is_silent_for_a_moment_is_waited_for() {
    strait.world().trouble().hostAnswers("e0", false);
    AtomicInteger looks = new AtomicInteger();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("observeRoles"),
            () -> {
              if (looks.incrementAndGet() > 3) {
                strait.world().trouble().hostAnswers("e0", true);
              }
            });
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  private void besideDrSite(boolean standbySignal) {
    strait.close();
    strait = new StartBed(Strait.withDrSite("guard: {startAfterReboot: auto}\n"));
    strait.world().trouble().standbySignal("deep-0", standbySignal);
    theHostStartsAgain();
  }

  @Test
  void beside_a_dr_site_that_is_configured_as_a_standby_it_starts() {
    besideDrSite(true);
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** It was opened by a person, and is down: its next start is a primary's. */
  @Test
  void an_instance_of_a_dr_site_that_was_opened_refuses_it() {
    besideDrSite(false);
    refused("deep-0 automatic-dr-site: ");
  }

  @Test
  void an_instance_of_a_dr_site_that_is_opened_before_the_locks_are_taken_refuses_it() {
    besideDrSite(true);
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().trouble().standbySignal("deep-0", false));
    refused("deep-0 automatic-dr-site: ");
  }

  @Test
  void a_silent_host_of_a_dr_site_refuses_it() {
    besideDrSite(true);
    strait.world().trouble().hostAnswers("d0", false);
    refused("deep-0 automatic-host-answers: ");
  }

  @Test
  void a_lock_that_is_held_for_a_moment_is_waited_for() {
    FakeRuns runs = strait.world().runs();
    String lock = LockWorkflow.idOf(strait.world().cluster().name(), new SiteName("west"));
    String run = runs.open(strait.world().cluster().name(), "tuesday", "Resilver");
    Holder holder = new Holder("tuesday", run, "Resilver");
    WorkflowClient.start(
        strait.bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(lock))::hold,
        holder);
    runs.lock(lock, holder);
    runs.onRelease(() -> strait.bed.client().newUntypedWorkflowStub(lock).terminate("over"));
    AtomicInteger looks = new AtomicInteger();
    strait.before(
        "observeLock",
        () -> {
          if (looks.incrementAndGet() == 3) {
            runs.end("tuesday");
          }
        });
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
    String eastLock = LockWorkflow.idOf(strait.world().cluster().name(), new SiteName("east"));
    assertThat(strait.bed.client().fetchHistory(StartBed.RUN).getEvents())
        .map(one -> one.getStartChildWorkflowExecutionInitiatedEventAttributes().getWorkflowId())
        .filteredOn(eastLock::equals)
        .as("it is released while another lock is waited for")
        .hasSize(3);
  }

  /** Temporal accepts one run of a boot only by its id. */
  @Test
  void under_another_id_it_is_refused() {
    assertThat(
            refused("strait:start-primary:boot-b3, not ", AUTOMATIC.replace("b2", "b3"))
                .record()
                .code())
        .isEqualTo("BAD_INPUT");
  }

  @Test
  void another_that_accepts_writes_or_was_promoted_refuses_it() {
    strait.members().promote("west-0");
    assertThat(refused("east-0 and west-0 are primaries, both").record().code())
        .isEqualTo("TWO_PRIMARIES");
    strait.members().kill("west-0");
    refused("east-0 and west-0 are primaries, both");
  }

  @Test
  void a_higher_epoch_of_another_host_refuses_it() {
    Strait.reported(strait.members(), "west-0", "east-0", 6);
    refused("west-0 later-primary: timeline 1, epoch 6");
  }

  private void pause() {
    Pause pause = new Pause("alice", "disks", Instant.EPOCH, List.of());
    strait.world().runs().monitoring(Optional.of(new Monitoring(true, List.of(pause), List.of())));
  }

  @Test
  void one_that_completes_is_announced() {
    strait.close();
    strait =
        new StartBed(
            Strait.cluster(
                SITES,
                "notices: {channels: [{name: chat, from: warning, command: tell}]}\n" + AUTO));
    theHostStartsAgain();
    assertThat(strait.run(AUTOMATIC).outcome()).isEqualTo("Completed");
    strait.until(() -> strait.bed.notices().taken().size() + "", "1"::equals);
    assertThat(strait.bed.notices().taken().get(0).notice().severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void a_pause_and_one_that_can_not_be_read_and_no_watch_refuse_it() {
    pause();
    refused("automatic-pause: paused by alice: disks");
    strait.world().runs().monitoring(Optional.empty());
    refused("automatic-pause: can't be read");
    strait.world().runs().monitoring(Optional.of(new Monitoring(false, List.of(), List.of())));
    refused("automatic-pause: no watch runs");
  }

  @Test
  void where_a_person_is_to_be_asked_it_is_refused_and_waits_for_none() {
    strait.close();
    strait = new StartBed(Strait.cluster(SITES, ASK));
    theHostStartsAgain();
    refused("automatic-setting: ask, must be guard.startAfterReboot: auto");
  }

  @Test
  void what_changes_before_the_locks_are_taken_refuses_it() {
    strait.bed.faults().beforeFirst(call -> call.step().equals("OBSERVE_AGAIN"), this::pause);
    refused("automatic-pause: paused by alice");
  }

  @Test
  void it_takes_no_override_no_digest_no_instance_and_no_hook() {
    strait.world().trouble().hostAnswers("w0", false);
    for (String more :
        List.of(
            "'by':'watch','overrides':'other-side-silent'",
            "'by':'watch','instance':'east-0'",
            "'by':'watch','digest':'" + "0".repeat(64) + "'",
            "'by':'hook pagers'")) {
      assertThat(strait.ended(AUTOMATIC.replace("'by':'watch'", more)).record().headline())
          .contains("automatic-request: StartPrimary of strait");
    }
    assertThat(strait.acts()).isEmpty();
  }
}
