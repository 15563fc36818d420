package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.EndingRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A copy that a person opened for writing is a copy no more, whatever became of it since. */
@Timeout(120)
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

  private static void brokenByHand(int... laws) {
    for (int law : laws) {
      stage.laws().without(law, "the test breaks it by hand, and sees it refused");
    }
  }
}
