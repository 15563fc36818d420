package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Launched.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.publish.PublishStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program {@code mooring} as it is installed, its launcher and its jar, in processes of their
 * own: exit statuses, signals, terminals, and the files it writes.
 */
class LauncherIT {
  private static Stage stage;
  private static Launched mooring;
  private static String publish;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    mooring = new Launched(stage.mooring().environment());
    publish = "mooring:" + stage.cluster() + ":publish";
  }

  @AfterEach
  void clear() {
    stage.hooks.clear();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void says_its_version() {
    Answer answer = mooring.run("--version");

    assertThat(answer.status()).isZero();
    assertThat(answer.out()).matches("mooring [0-9]+\\.[0-9]+\\.[0-9]+\n");
  }

  @Test
  void exits_with_what_became_of_it() {
    Soon.seen("never moored", () -> mooring.run("status"), answer -> answer.status() == 7);
    assertThat(mooring.run("publish").status()).isZero();
    assertThat(mooring.run("consume").status()).isZero();
    assertThat(mooring.run("consume", "--target", "nowhere").status()).isEqualTo(3);
    assertThat(mooring.run("publsh").status()).isEqualTo(2);
    assertThat(mooring.run("publish", "--address", "127.0.0.1:1").status()).isEqualTo(1);
  }

  @Test
  @Tag("all")
  void reads_the_histories_that_workers_keep() {
    assertThat(mooring.run("publish").status()).isZero();
    Answer report =
        Soon.seen(
            "the report is made of the kept history, or none is made",
            () -> mooring.run("report", "--format", "json"),
            answer -> answer.status() != 0 || answer.out().contains("\"kept\" : \"evidence\""));
    Answer verify = mooring.run("verify");

    assertThat(report.status()).as(report.err()).isZero();
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
  }

  @Test
  @Tag("all")
  void exits_4_when_its_run_is_stopped_from_elsewhere() throws Exception {
    CountDownLatch stopped = holdPublish();
    Launched.Running waiting = mooring.begin(List.of(), "publish");
    waiting.awaitSaid("find the primary of every content");
    Answer cancel = mooring.run("roll-back", stage.cluster(), "--reason", "not tonight");
    stopped.countDown();
    Answer answer = waiting.ended();

    assertThat(cancel.status()).as(cancel.err()).isZero();
    assertThat(answer.status()).isEqualTo(4);
    assertThat(answer.out()).contains("RolledBack: stopped by ").contains(": not tonight");
  }

  @Test
  void ctrl_c_leaves_the_run_alone_and_says_how_to_come_back() throws Exception {
    CountDownLatch left = holdPublish();
    Launched.Running waiting = mooring.begin(Launched.WITH_SIGNALS, "publish");
    waiting.awaitSaid("find the primary of every content");
    waiting.signal("INT");
    Answer answer = waiting.ended();
    left.countDown();

    assertThat(answer.status()).isEqualTo(128 + 2);
    assertThat(answer.err())
        .contains("detached; " + publish + " continues without this terminal")
        .contains("HINT: `mooring follow " + publish + "` shows it again")
        .contains("`mooring cancel " + publish + "` stops it");
    Answer followed = mooring.run("follow", publish);
    assertThat(followed.status()).as(followed.out()).isZero();
    assertThat(followed.out()).contains(" is READY: 2 contents proved");
  }

  /**
   * Each look is shown below the one before where no terminal is; it ends by its own means only.
   */
  @Test
  @Tag("all")
  void status_is_watched_look_after_look_until_ctrl_c() throws Exception {
    Launched.Running watching = mooring.begin(Launched.WITH_SIGNALS, "status", "--watch", "1");
    String looked = "again in 1 s, Ctrl-C ends it: ";
    try {
      Soon.soon("it looks thrice", () -> watching.said().split(looked, -1).length > 3);
    } finally {
      watching.signal("INT");
    }
    String said = watching.ended().out();

    assertThat(said.lines().filter(line -> line.contains(looked)))
        .hasSizeGreaterThan(2)
        .anyMatch(line -> !line.contains("mooring: "));
  }

  @Test
  @Tag("all")
  void the_run_goes_on_when_the_terminal_goes_away() throws Exception {
    CountDownLatch left = holdPublish();
    Launched.Running terminal = mooring.beginOnATerminal("publish");
    terminal.awaitSaid("find the primary of every content");
    terminal.kill();
    left.countDown();

    Answer followed = mooring.run("follow", stage.cluster());
    assertThat(followed.status()).as(followed.out()).isZero();
    assertThat(followed.out()).contains(" is READY: 2 contents proved");
  }

  @Test
  void init_asks_the_servers_and_writes_a_file_that_check_accepts() throws IOException {
    List<LabInstance> east = stage.lab.instancesAt("east");
    String config = directory.toString();
    Answer init =
        mooring.run(
            "init",
            "haven",
            "--config-dir",
            config,
            "--server",
            at(east.get(0)),
            "--server",
            at(east.get(1)),
            "--dr-host",
            stage.lab.host("w0").address(),
            "--dr-host",
            stage.lab.host("w1").address(),
            "--ssl-mode",
            "disable");
    Path file = directory.resolve("haven.yaml");
    Answer check = mooring.run("check", file.toString());
    Answer again = mooring.run("init", "haven", "--config-dir", config, "--server", "db:5432");

    assertThat(init.status()).as(init.err()).isZero();
    assertThat(init.out())
        .contains("wrote " + file + ", from what 2 servers said")
        .containsPattern(
            "guessed; .*\n  line 5: a directory that the workers of both sites share\n");
    assertThat(Files.readString(file))
        .contains("dataDirectory: \"" + east.get(1).dataDirectory() + "\"");
    assertThat(check.status()).as(check.out()).isZero();
    assertThat(check.out()).contains("cluster haven, 2 sites, 4 instances, digest ");
    assertThat(again.status()).isEqualTo(3);
    assertThat(again.err()).contains("exists and is not overwritten");
  }

  @Test
  @Tag("all")
  void init_says_what_a_server_cannot_know() throws IOException {
    String config = directory.toString();
    String server = at(stage.lab.instancesAt("east").get(0));
    Answer init =
        mooring.run(
            "init", "one", "--config-dir", config, "--server", server, "--ssl-mode", "disable");
    Answer tls = mooring.run("init", "two", "--config-dir", config, "--server", server);
    Answer check = mooring.run("check", directory.resolve("one.yaml").toString());

    assertThat(init.out()).contains("to be filled in:").contains("host 'w0' has access ssh");
    assertThat(tls.status()).isEqualTo(1);
    assertThat(tls.err()).contains("SSL").contains("--ssl-mode (now verify-full)");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out()).containsPattern("one\\.yaml:[0-9]+:[0-9]+: hosts\\[1\\]");
    assertThat(check.err()).endsWith("has 1 problem\n");
  }

  @Test
  void check_tells_every_problem_of_a_file_at_once_with_its_place() throws IOException {
    Path file = directory.resolve("bad.yaml");
    Files.writeString(
        file,
        Files.readString(stage.lab.clusterFile())
            .replace("kind: fleet", "kind: flet")
            .replace("archiveWait: PT20S", "archiveWiat: PT20S")
            .replaceFirst(" dataDirectory: [^,]+,", ""));
    Answer check = mooring.run("check", file.toString());
    Answer absent = mooring.run("check", directory.resolve("none.yaml").toString());
    Answer cluster =
        Soon.seen(
            "nothing is found to be wrong",
            () -> mooring.run("check", stage.cluster()),
            answer -> answer.status() == 0);

    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out())
        .contains(file + ":2:7: kind: must be one of postgres, fleet, greenplum, got 'flet'")
        .contains("did you mean 'fleet'?")
        .containsPattern("bad\\.yaml:[0-9]+:3: publish\\.archiveWiat: there is no such setting")
        .containsPattern("instances\\[[0-9]\\]\\.dataDirectory: is missing");
    assertThat(check.err()).contains("has 3 problems");
    assertThat(absent.err()).startsWith("mooring: there is no file ").contains("HINT: ");
    assertThat(cluster.out()).contains(stage.cluster() + ": nothing is wrong");
  }

  @Test
  @Tag("all")
  void setup_makes_what_is_absent_and_nothing_twice() throws Exception {
    stage.service.registerNamespace("bare");
    Path file = directory.resolve(stage.cluster() + ".yaml");
    Files.writeString(
        file,
        Files.readString(stage.lab.clusterFile())
            .replace(stage.lab.configDirectory() + "/signing", directory + "/signing"));
    String[] setup = {"setup", "--config-dir", directory.toString(), "--namespace", "bare"};
    Answer first = mooring.run(setup);
    byte[] key = Files.readAllBytes(directory.resolve("signing.pem"));
    Answer second = mooring.run(setup);

    assertThat(first.status()).as(first.err()).isZero();
    assertThat(first.out())
        .contains("signing key: made " + directory.resolve("signing.pem") + " (0600)")
        .contains("search attributes registered in bare: [MooringCluster, ");
    assertThat(Files.getPosixFilePermissions(directory.resolve("signing.pem")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(second.status()).as(second.err()).isZero();
    assertThat(second.out())
        .contains("is there already")
        .contains("search attributes: all there in namespace bare");
    assertThat(Files.readAllBytes(directory.resolve("signing.pem"))).isEqualTo(key);
  }

  /** Lets the next publish wait in its first look at the servers until the latch opens. */
  private static CountDownLatch holdPublish() {
    CountDownLatch latch = new CountDownLatch(1);
    stage.hooks.before(
        PublishStep.OBSERVE_SERVERS,
        () -> {
          try {
            latch.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return latch;
  }

  private static String at(LabInstance instance) {
    return instance.host().address() + ":" + instance.port();
  }
}
