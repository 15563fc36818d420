package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A copy that a person opened for writing is a copy no more, whatever became of it since. */
@Tag("all")
class OpenedCopyIT extends MooredInstance {
  @Test
  void refuses_an_instance_that_was_promoted() throws IOException {
    sites.fillWalFiles(0, 3);
    stage.publish();
    brokenByHand(1, 2, 5);
    Files.delete(west.dataDirectory().resolve("standby.signal"));
    stage.lab.faults().removeTarget(west);
    stage.lab.start(west);

    EndingRecord two = stage.publishFails();

    assertThat(two.code()).isEqualTo("TWO_PRIMARIES");
    assertThat(two.headline()).contains("east-0").contains("west-0");

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("PROMOTED");
    assertThat(ending.headline()).contains("west-0");
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.lab.isRunning(west)).as("it is none of ours to stop").isTrue();
  }

  /** Its control file says "shut down in recovery", as a parked one's does. */
  @Test
  void refuses_a_copy_that_was_open_and_put_back_into_recovery() throws IOException {
    sites.fillWalFiles(0, 3);
    stage.publish();
    brokenByHand(1, 2, 5);
    Path signal = west.dataDirectory().resolve("standby.signal");
    Files.delete(signal);
    stage.lab.faults().removeTarget(west);
    Files.writeString(
        west.dataDirectory().resolve("postgresql.auto.conf"),
        "archive_mode = 'off'\n",
        StandardOpenOption.APPEND);
    stage.lab.start(west);
    stage.lab.stop(west);
    Files.createFile(signal);
    stage.lab.start(west);
    stage.lab.stop(west);
    assertThat(stage.lab.controlState(west)).isEqualTo("shut down in recovery");
    stage.publish();

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("PROMOTED");
    assertThat(ending.headline()).contains("west-0", "it was open for writing");
    assertThat(sites.mooredAt()).isEqualTo(first);
  }

  @Test
  void writes_nothing_to_a_copy_that_is_promoted_between_two_steps_of_a_consume() {
    sites.fillWalFiles(0, 3);
    stage.publish();
    brokenByHand(1, 2, 5);
    Map<String, String> left = new ConcurrentHashMap<>();
    stage.hooks.before(
        ConsumeStep.START_ALL,
        () -> {
          promotedByHand();
          left.putAll(settings());
        });

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("PROMOTED");
    assertThat(ending.headline()).contains("west-0");
    assertThat(settings()).as("its settings and signals").isEqualTo(left);
    assertThat(sites.ask(west, "SELECT pg_is_in_recovery()")).isEqualTo("f");
    assertThat(sites.mooredAt()).isEqualTo(first);
    assertThat(stage.consumeFails("latest").code()).isEqualTo("PROMOTED");
    assertThat(settings()).isEqualTo(left);
  }

  /**
   * Started without target and gate, and promoted. A pg_promote() that waits has a snapshot, which
   * replay of a record may wait for, for max_standby_archive_delay.
   */
  private static void promotedByHand() {
    stage.lab.faults().removeTarget(west);
    sites.configure(
        west,
        "restore_command = 'cp \""
            + stage.lab.archive(0)
            + "/%f\" \"%p\"'\narchive_mode = 'off'\nhot_standby = 'on'\n");
    stage.lab.start(west);
    sites.ask(west, "SELECT pg_promote(false)");
    Soon.soon(
        "west-0 accepts writes", () -> sites.ask(west, "SELECT pg_is_in_recovery()").equals("f"));
  }

  /** What is in its settings, and which signals there are. */
  private static Map<String, String> settings() {
    try (Stream<Path> files = Files.list(west.dataDirectory())) {
      return files
          .filter(file -> file.toString().matches(".*[.](conf|signal)"))
          .collect(Collectors.toMap(Path::toString, Sites::read));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void brokenByHand(int... laws) {
    for (int law : laws) {
      stage.laws().without(law, "the test breaks it by hand, and sees it refused");
    }
  }
}
