package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.endtoend.Mooring.Typed;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a person sees of a consume while it runs, and of the one instance that stops it. */
@Tag("all")
class ConsumeShownIT {
  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;
  private static String first;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1).withInstancesPerHost(2));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
    first = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void the_position_of_every_replaying_instance_can_be_followed() {
    String second = publishOverWalFiles();
    List<String> targets = List.of(sites.targetFile(0), sites.targetFile(1));
    stage.hooks.before(
        ConsumeStep.START_ALL,
        () -> {
          stage.lab.faults().hideWal(0, targets.get(0));
          stage.lab.faults().hideWal(1, targets.get(1));
        });

    Typed consume = mooring.begin("consume");
    for (int content = 0; content < 2; content++) {
      String position = "west-" + content + " replays [0-9A-F]{24} from 0/[0-9A-F]+, waits for ";
      String waits = "(?s).*" + position + "absent " + targets.get(content) + ".*";
      Soon.soon("the position is shown: " + waits, () -> consume.said().matches(waits));
    }
    stage.lab.faults().showWal(0, targets.get(0));
    stage.lab.faults().showWal(1, targets.get(1));

    Answer answer = consume.answer();
    assertThat(answer.status()).as(answer.out()).isZero();
    assertThat(answer.out()).contains("west is moored at " + second + ": 2 of 2 instances proved");
  }

  @Test
  void one_that_dies_while_another_replays_is_told_at_once_with_its_fatal() {
    String second = publishOverWalFiles();
    dyingAfterTheStart();

    Typed consume = mooring.begin("consume");
    Soon.soon(
        "the death is shown",
        () -> consume.said().matches("(?s).*west-0 is down: [^\n]*FATAL:  could not restore.*"));
    assertThat(consume.said()).doesNotContain("start again the instances that died");
    breakGate("");
    stage.lab.faults().showWal(0, sites.targetFile(0));
    stage.lab.faults().showWal(1, sites.targetFile(1));

    Answer answer = consume.answer();
    assertThat(answer.status()).as(answer.out()).isZero();
    assertThat(answer.out())
        .containsPattern("done +start again the instances that died on the way")
        .contains("west is moored at " + second + ": 2 of 2 instances proved");
  }

  @Test
  void at_a_timeout_the_dead_are_told_with_their_fatal_beside_those_that_wait() {
    publishOverWalFiles();
    stage.amendClusterFile(
        now -> now.replace("consume: {timeout: PT120S", "consume: {timeout: PT2S"));
    dyingAfterTheStart();

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("TARGET_NOT_REACHED");
    assertThat(ending.headline())
        .containsPattern("west-0 is down: .*FATAL:  could not restore file")
        .contains("waiting for absent " + sites.targetFile(1))
        .endsWith("0 of 2 stopped at the point");
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  /** West-0 is down of a gate that a person broke before the wait begins; west-1 waits for WAL. */
  private static void dyingAfterTheStart() {
    String waited = sites.targetFile(1);
    stage.hooks.before(
        ConsumeStep.START_ALL,
        () -> {
          stage.lab.faults().hideWal(0, sites.targetFile(0));
          stage.lab.faults().hideWal(1, waited);
        });
    stage.hooks.after(
        ConsumeStep.START_ALL,
        () -> {
          breakGate("case $1 in *west-0*) exit 126 ;; esac");
          Soon.soon("west-0 is down", () -> !stage.lab.isRunning(sites.west(0)));
          Soon.soon("west-1 waits", () -> Sites.says(sites.gateStatus(sites.west(1)), waited));
        });
  }

  @Test
  void one_instance_that_cannot_be_configured_is_named_and_none_is_started() throws IOException {
    publishOverWalFiles();
    Path data = sites.west(1).dataDirectory();
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-x------"));

    Answer answer = mooring.type("consume");

    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    assertThat(answer.status()).as(answer.out()).isEqualTo(1);
    assertThat(answer.out())
        .containsPattern("undone +write target and restore gate of every instance")
        .containsPattern("(?m)^Failed: west-1: .*can't be written")
        .doesNotContain("start every instance");
    assertThat(sites.lastReceipt().steps())
        .noneMatch(step -> step.step().equals(ConsumeStep.START_ALL.name()));
    assertThat(stage.lab.instancesAt("west")).noneMatch(stage.lab::isRunning);
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  /**
   * Puts a line into the gate program of the west's host, whole or not at all, and nothing else.
   */
  private static void breakGate(String line) {
    Path bin = stage.lab.host("w0").mooring().resolve("bin");
    try (Stream<Path> files = Files.list(bin)) {
      Path gate = files.filter(f -> !f.toString().endsWith(".new")).findFirst().orElseThrow();
      List<String> lines = new ArrayList<>(Files.readAllLines(gate));
      lines.removeIf(one -> one.startsWith("case $1 in *west-0*)"));
      lines.add(1, line);
      Path changed = bin.resolve("gate.new");
      Files.write(changed, lines);
      Files.setPosixFilePermissions(changed, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(changed, gate, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String publishOverWalFiles() {
    sites.fillWalFiles(0, 2);
    sites.fillWalFiles(1, 2);
    return stage.publish().restorePoint();
  }
}
