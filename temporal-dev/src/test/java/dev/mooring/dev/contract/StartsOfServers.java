package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.StartContract;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What real servers leave when they are gone, and what their configuration makes of a start. */
abstract class StartsOfServers extends StartContract {
  @Override
  protected abstract StreamingRealWorld world();

  /** A process without its postmaster may still commit. */
  @Test
  @Tag("all")
  void nothing_is_started_beside_processes_that_outlived_their_postmaster() {
    world().hands().orphan(EAST);
    try {
      refused(FailureCode.OUTCOME_UNKNOWN, () -> started(EAST));
      assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.ORPHANED);
    } finally {
      world().hands().kill(EAST);
    }
  }

  @Test
  @Tag("all")
  void nobody_is_started_where_another_may_write() throws IOException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    world().hands().kill(EAST);
    world().hands().authoritySays(EAST, "west-0", before());
    refused(FailureCode.TWO_PRIMARIES, () -> started(EAST));
    isStopped();
  }

  @Test
  @Tag("all")
  @Tag("root") // only root gives a host another boot
  void one_that_was_named_before_its_host_started_is_kept_down_but_from_a_run_that_looked() {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    world().hands().kill(EAST);
    started(EAST);
    world().hands().write(EAST);
    world().lab().run(server().host(), guard("--this-boot"));
    world().hands().kill(EAST);
    world().lab().faults().boots(server().host());
    assertThat(steps().look(EAST).authority().newBoot()).isEmpty();
    String waits = String.join(" ", guard("--this-boot=120")) + " >/dev/null 2>&1 &";
    world().lab().run(server().host(), "sh", "-c", waits);
    Await.until(
        () -> !steps().look(EAST).authority().newBoot().isEmpty(),
        () -> "its host did not show that a guard waits in its new boot");
    assertThatThrownBy(() -> world().lab().run(server().host(), guard("--this-boot")))
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("names it since before this host started")
        .hasMessageContaining("mooring start-primary " + world().lab().name());
    startedAnew(EAST);
    assertThat(steps().look(EAST).authority().newBoot()).isEmpty();
    world().hands().write(EAST);
    world().lab().run(server().host(), guard("--this-boot"));
    Path asked = world().hands().authority(EAST).resolveSibling("0.authority.asked");
    Await.until(() -> Files.notExists(asked), () -> "the guard that got its permit waits still");
  }

  private LabInstance server() {
    return world().lab().instance(EAST);
  }

  private String[] guard(String option) {
    return new String[] {
      server().host().mooring().resolve("bin/mooring-guard").toString(),
      option,
      server().dataDirectory().toString(),
      world().hands().authority(EAST).toString(),
      EAST
    };
  }

  @Test
  @Tag("all")
  void a_server_that_can_not_read_its_configuration_stays_stopped() throws IOException {
    world().hands().kill(EAST);
    Files.writeString(
        Path.of(steps().instance(EAST).dataDirectory(), "postgresql.auto.conf"),
        "no_such_parameter = on\n",
        StandardOpenOption.APPEND);
    refused(FailureCode.START_FAILED, () -> started(EAST));
    isStopped();
    assertThat(barred(EAST).takesWrites()).isFalse();
  }
}
