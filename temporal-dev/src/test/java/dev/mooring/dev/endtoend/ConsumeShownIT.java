package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.endtoend.Mooring.Typed;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a person sees of a consume while it runs, and of the one instance that stops it. */
@Timeout(180)
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

  private static String publishOverWalFiles() {
    sites.fillWalFiles(0, 2);
    sites.fillWalFiles(1, 2);
    return stage.publish().restorePoint();
  }
}
