package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SSH refuses is said, never gone around; an SSH server that comes back is used again. */
@Tag("all")
class SshFaultsIT {
  private static Stage stage;
  private static Sites sites;
  private static LabHost west;
  private static MooringWorker worker;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    west = stage.lab.host("w0");
    stage.dismissWorker();
    worker = stage.workerOf(stage.service, List.of(stage.hooks, Impatience.givesUpSoon()));
    stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    worker.close();
    stage.close();
  }

  @Test
  void refuses_a_host_whose_key_changed() throws Exception {
    Path other = newKey("other_host");
    String[] key = Files.readString(Path.of(other + ".pub")).split(" ", -1);
    Path changed = directory.resolve("known_hosts");
    Files.writeString(
        changed, "[" + west.address() + "]:" + west.sshPort() + " " + key[0] + " " + key[1] + "\n");
    String known = stage.lab.configDirectory().resolve("known_hosts").toString();
    stage.amendClusterFile(now -> now.replace(known, changed.toString()));

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("HOST_KEY_REFUSED");
    assertThat(ending.headline()).contains("w0");
    assertThat(ending.hint()).contains("a changed key is never accepted");
  }

  @Test
  void refuses_a_host_nobody_knows() throws Exception {
    Path empty = Files.createFile(directory.resolve("known_hosts"));
    String known = stage.lab.configDirectory().resolve("known_hosts").toString();
    stage.amendClusterFile(now -> now.replace(known, empty.toString()));

    assertThat(stage.consumeFails("latest").code()).isEqualTo("HOST_KEY_REFUSED");
  }

  @Test
  void says_that_a_key_is_not_let_in() throws Exception {
    Path other = newKey("not_authorized");
    String identity = stage.lab.configDirectory().resolve("id_ed25519").toString();
    stage.amendClusterFile(now -> now.replace(identity, other.toString()));

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("AUTHENTICATION_REFUSED");
    assertThat(ending.headline()).contains("w0");
  }

  /** What is lost on the way, or on a host that stands still, says nothing of the key. */
  @Test
  void a_login_that_is_not_answered_is_no_refused_key() {
    stage.lab.faults().silenceLogins(west, Duration.ofSeconds(20));
    EndingRecord ending;
    try {
      ending = stage.consumeFails("latest");
    } finally {
      stage.lab.faults().answerLogins(west);
    }

    assertThat(ending.code()).isEqualTo("HOST_UNREACHABLE");
    assertThat(ending.headline()).contains("host w0 (").contains("no answer to the login");
    assertThat(stage.consume().outcome()).isEqualTo("Completed");
  }

  @Test
  void goes_on_after_an_ssh_server_was_killed_and_came_back() {
    String second = stage.publish().restorePoint();
    stage.hooks.before(
        ConsumeStep.AWAIT_PARKED,
        () -> {
          stage.lab.faults().signalSsh(west, Signal.KILL);
          stage.lab.faults().startSsh(west);
        });

    assertThat(stage.consume().restorePoint()).isEqualTo(second);
    assertThat(stage.hooks.allRun()).isTrue();
  }

  @Test
  void finds_a_start_whose_ssh_server_was_killed_and_starts_nothing_twice() {
    String point = stage.publish().restorePoint();
    HeldProgram starts = HeldProgram.starts(stage.lab, sites.west(0));
    stage.manage(sites.west(0), starts.programs());
    WorkflowStub run = stage.startConsume("latest");
    Soon.soon("a start is held on its host", starts::reached);

    stage.lab.faults().killSshAndSessions(west);
    stage.lab.faults().startSsh(west);
    Soon.soon("the start is tried again", () -> stage.service.triesAgain(run));
    starts.release();

    assertThat(run.getResult(ConsumeResult.class).restorePoint()).isEqualTo(point);
    assertThat(starts.calls()).isEqualTo(1);
  }

  @Test
  void finds_a_start_on_a_host_that_fell_silent_in_the_middle_of_it() {
    String point = stage.publish().restorePoint();
    HeldProgram starts = HeldProgram.starts(stage.lab, sites.west(0));
    stage.manage(sites.west(0), starts.programs());
    WorkflowStub run = stage.startConsume("latest");
    Soon.soon("a start is held on its host", starts::reached);

    stage.lab.faults().signalAllSsh(west, Signal.STOP);
    Soon.soon("the session is given up", () -> stage.service.triesAgain(run));
    stage.lab.faults().signalAllSsh(west, Signal.CONT);
    starts.release();

    assertThat(run.getResult(ConsumeResult.class).restorePoint()).isEqualTo(point);
    assertThat(starts.calls()).isEqualTo(1);
  }

  @Test
  void names_a_host_that_lets_in_and_says_nothing() {
    stage.publish();
    String moored = sites.mooredAt();
    EndingRecord ending;
    stage.lab.faults().signalAllSsh(west, Signal.STOP);
    try {
      ending = stage.consumeFails("latest");
    } finally {
      stage.lab.faults().signalAllSsh(west, Signal.CONT);
    }

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isIn("HOST_UNREACHABLE", "HOST_SILENT");
    assertThat(ending.headline()).contains("host w0 (");
    assertThat(sites.mooredAt()).isEqualTo(moored);
    assertThat(stage.consume().outcome()).isEqualTo("Completed");
  }

  @Test
  void a_publish_goes_on_with_a_host_that_fell_silent_while_its_archive_was_waited_for() {
    LabHost east = sites.east(0).host();
    stage.hooks.before(
        PublishStep.AWAIT_ARCHIVE, () -> stage.lab.faults().signalAllSsh(east, Signal.STOP));
    WorkflowStub run = stage.startPublish();
    Soon.soon("the host is silent", stage.hooks::allRun);

    Soon.soon("the session is given up", () -> stage.service.triesAgain(run));
    stage.lab.faults().signalAllSsh(east, Signal.CONT);

    PublishResult published = run.getResult(PublishResult.class);
    assertThat(published.outcome()).isEqualTo("Completed");
    assertThat(sites.latest().name().value()).isEqualTo(published.restorePoint());
  }

  @Test
  void a_publish_and_a_consume_refuse_a_host_with_another_key_until_that_is_made_known() {
    LabHost east = sites.east(0).host();
    String moored = sites.mooredAt();
    String latest = stage.publish().restorePoint();
    stage.lab.faults().changeHostKey(east);
    stage.lab.faults().changeHostKey(west);
    String before = filesOf(east, west);

    EndingRecord publishing = stage.publishFails();
    EndingRecord consuming = stage.consumeFails("latest");

    assertKeyRefused(publishing, "e0");
    assertKeyRefused(consuming, "w0");
    assertThat(filesOf(east, west)).isEqualTo(before);
    assertThat(sites.latest().name().value()).isEqualTo(latest);
    assertThat(sites.mooredAt()).isEqualTo(moored);
    stage.lab.faults().correctKnownHosts();
    String point = stage.publish().restorePoint();
    assertThat(stage.consume().restorePoint()).isEqualTo(point);
  }

  private static void assertKeyRefused(EndingRecord ending, String host) {
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("HOST_KEY_REFUSED");
    assertThat(ending.headline()).contains("host " + host + " (").contains("shows a key that");
  }

  private static String filesOf(LabHost one, LabHost other) {
    return stage.lab.fingerprintOf(one) + stage.lab.fingerprintOf(other);
  }

  /** The session lives, as its server answers; what runs in it says nothing. */
  @Test
  void names_a_host_whose_script_says_nothing_as_silent() {
    LabInstance east = sites.east(0);
    String latest = sites.latest().name().value();
    HeldProgram held = HeldProgram.always(stage.lab, east, "pg_controldata");
    stage.manage(east, held.programs());
    replaceWorker(Impatience.givesUpAfter(Duration.ofSeconds(24)));

    EndingRecord ending = stage.publishFails();
    replaceWorker(Impatience.givesUpSoon());
    held.release();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("HOST_SILENT");
    assertThat(ending.headline()).contains("host e0 (").contains("gave no answer in");
    assertThat(held.reached()).isTrue();
    assertThat(sites.latest().name().value()).isEqualTo(latest);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  private static void replaceWorker(Impatience patience) {
    worker.close();
    worker = stage.workerOf(stage.service, List.of(stage.hooks, patience));
  }

  @Test
  void takes_a_key_that_was_corrected_without_being_started_anew() throws Exception {
    String point = stage.publish().restorePoint();
    Path rotated = newKey("rotated");
    Path right = stage.lab.configDirectory().resolve("id_ed25519");
    stage.amendClusterFile(now -> now.replace(right.toString(), rotated.toString()));
    assertThat(stage.consumeFails("latest").code()).isEqualTo("AUTHENTICATION_REFUSED");

    Files.copy(right, rotated, StandardCopyOption.REPLACE_EXISTING);

    assertThat(stage.consume().restorePoint()).isEqualTo(point);
  }

  @Test
  void takes_a_database_password_that_was_corrected_without_being_started_anew() throws Exception {
    Path secret = directory.resolve("password");
    password(secret, "rotated-0");
    stage.amendClusterFile(
        now -> now.replace("password: pgpass", "password: \"file:" + secret + "\""));
    sites.change("ALTER ROLE mooring PASSWORD 'rotated-0'");
    assertThat(stage.publish().outcome()).isEqualTo("Completed");

    String latest = sites.latest().name().value();
    sites.change("ALTER ROLE mooring PASSWORD 'rotated-1'");
    EndingRecord ending = stage.publishFails();

    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("AUTHENTICATION_REFUSED");
    assertThat(ending.headline())
        .contains("password authentication failed")
        .contains("file " + secret)
        .doesNotContain("rotated-");
    assertThat(sites.latest().name().value()).isEqualTo(latest);

    password(secret, "rotated-1");
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  private static void password(Path file, String text) throws IOException {
    Path beside = file.resolveSibling("password.new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path newKey(String name) throws IOException, InterruptedException {
    Path key = directory.resolve(name);
    List<String> command =
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    return key;
  }
}
