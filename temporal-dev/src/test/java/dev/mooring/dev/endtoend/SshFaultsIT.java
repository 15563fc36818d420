package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What SSH refuses is said, never gone around; an SSH server that comes back is used again. */
@Timeout(120)
class SshFaultsIT {
  private static Stage stage;
  private static LabHost west;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    west = stage.lab.host("w0");
    stage.beginMoored();
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

  private Path newKey(String name) throws IOException, InterruptedException {
    Path key = directory.resolve(name);
    List<String> command =
        List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    return key;
  }
}
