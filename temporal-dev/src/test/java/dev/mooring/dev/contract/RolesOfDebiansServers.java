package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.Limit;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.port.FailoverActivities.Fence;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of roles a server shows whose configuration lies outside its data directory. */
abstract class RolesOfDebiansServers extends PromotionsOfServers {

  private Path configuration() {
    return world().lab().configuration(server(EAST));
  }

  private void start(String... launcher) {
    world().lab().stop(server(EAST));
    world().lab().run(server(EAST).host(), launcher);
    assertThat(ask(EAST, "SHOW config_file")).isEqualTo(configuration() + "/postgresql.conf");
  }

  private void comesBackAsItWas() {
    assertThat(steps().givenBack(run(), EAST).wasFenced()).isTrue();
    assertThat(ask(EAST, "SHOW config_file")).isEqualTo(configuration() + "/postgresql.conf");
    assertThat(ask(EAST, "SHOW hba_file")).isEqualTo(configuration() + "/pg_hba.conf");
    assertThat(server(EAST).dataDirectory().resolve("postgresql.conf")).doesNotExist();
    world().hands().write(EAST);
  }

  /** Without the guard: the fence is in the data directory, the configuration is not. */
  @Test
  @Tag("all")
  void one_that_debians_launcher_started_is_fenced_for_it_and_comes_back_as_it_was() {
    String[] launcher = launchAsDebianDoes(world().lab().postgresPrograms());
    start(launcher);
    steps().handedOver(run(), EAST);
    assertThatThrownBy(() -> world().lab().run(server(EAST).host(), launcher))
        .isInstanceOf(LabFailure.class)
        .hasMessageContaining("mooring_fenced_epoch_" + run().epoch());
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    comesBackAsItWas();
  }

  private void startByItsConfiguration() {
    start(byPgCtl(configuration()));
  }

  private String[] byPgCtl(Path directory) {
    return new String[] {
      world().lab().postgresPrograms().resolve("pg_ctl").toString(),
      "--silent",
      "--wait",
      "--pgdata=" + directory,
      "--log=" + server(EAST).log(),
      "start"
    };
  }

  /** It was killed, so nothing says that it is to stand by: the fence alone keeps it down. */
  @Test
  @Tag("all")
  @Tag("root")
  void an_old_primary_whose_place_was_taken_is_kept_down_by_each_launcher()
      throws IOException, InterruptedException {
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    installLauncher();
    world().hands().kill(EAST);
    world()
        .failovers(1)
        .ensureFenced(
            new Fence(steps().call(run(), 5), steps().on(EAST), Limit.seconds(60), List.of()));
    world().hands().promote(WEST);
    for (String[] launcher :
        List.of(byPgCtl(configuration()), launchAsDebianDoes(world().lab().postgresPrograms()))) {
      assertThatThrownBy(() -> world().lab().run(server(EAST).host(), launcher))
          .isInstanceOf(LabFailure.class)
          .hasMessageContaining("mooring_fenced_epoch_" + run().epoch());
    }
    world().hands().start(EAST);
    refusedByGuard("fenced in epoch " + run().epoch());
    UnitOfSystemd.Started unit = startByItsUnit();
    assertThat(unit.began()).isFalse();
    assertThat(unit.status()).isNotZero();
    assertThat(unit.said()).contains("fenced in epoch " + run().epoch());
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void one_that_was_started_by_its_directory_of_configuration_is_asked_and_started_by_it() {
    startByItsConfiguration();
    world().roles(1).ensureSynchronousSet(steps().synchronous(before(), EAST, "", ""));
    steps().handedOver(run(), EAST);
    comesBackAsItWas();
  }

  /** What initdb left beside the data is another server's. */
  @Test
  @Tag("all")
  void one_whose_directory_of_configuration_can_not_be_read_is_not_started_by_a_leftover()
      throws IOException {
    startByItsConfiguration();
    steps().handedOver(run(), EAST);
    Path main = configuration().resolve("postgresql.conf");
    Path leftover = server(EAST).dataDirectory().resolve("postgresql.conf");
    Path included = configuration().resolve("conf.d/where.conf");
    String own = Files.readString(main);
    Files.writeString(leftover, own.replaceAll("(?m)^(data_directory|include_dir).*", ""));
    Files.writeString(main, own + "wrok_mem = 1\n");
    refused(FailureCode.START_FAILED, () -> steps().givenBack(run(), EAST));
    Files.writeString(included, "data_directory = '" + server(EAST).dataDirectory() + "'\n");
    String without = own.replaceAll("(?m)^data_directory.*", "");
    Files.writeString(main, without + "wrok_mem = 1\n");
    refused(FailureCode.START_FAILED, () -> steps().givenBack(run(), EAST));
    Files.writeString(main, own);
    Files.delete(included);
    Files.delete(leftover);
    comesBackAsItWas();
  }

  /** A start by it would be one of another directory. */
  @Test
  @Tag("all")
  void one_whose_configuration_is_now_of_another_directory_is_not_started() throws IOException {
    steps().handedOver(run(), EAST);
    Path main = configuration().resolve("postgresql.conf");
    Path another = server(EAST).dataDirectory().resolveSibling("another");
    String own = Files.readString(main);
    Files.writeString(main, own + "data_directory = '" + another + "'\n");
    world().lab().run(server(EAST).host(), "mkdir", another.toString());
    refused(FailureCode.START_FAILED, () -> steps().givenBack(run(), EAST));
    Files.writeString(main, own);
    comesBackAsItWas();
  }

  /** The authority is one for all members of a host. */
  @Test
  @Tag("all")
  void a_former_primary_beside_the_one_that_accepts_writes_leaves_it_named_there() {
    Instance east = steps().instance(EAST);
    String beside = east.dataDirectory() + "-beside";
    world()
        .lab()
        .run(
            server(EAST).host(),
            "sh",
            "-c",
            "mkdir -p \"$1/global\" && cd \"$0\" && cp PG_VERSION postgresql.auto.conf \"$1\""
                + " && cp global/pg_control \"$1/global\"",
            east.dataDirectory(),
            beside);
    Instance former =
        new Instance(
            new InstanceId("east-9"),
            east.site(),
            east.content(),
            east.host(),
            east.port() + 1,
            beside,
            east.manager());
    steps().adopted(run(), EAST, EAST);
    steps().adopted(run(), new HostWork(steps().host(EAST), List.of(former)), EAST);
    assertThat(steps().look(EAST).authority().writer()).isEqualTo(EAST);
    assertThat(steps().look(EAST).start().fencedEpoch()).isZero();
    assertThat(world().lab().run(server(EAST).host(), "cat", beside + "/postgresql.auto.conf"))
        .contains("mooring_fenced_epoch_" + run().epoch());
  }

  /** It read its configuration before the fence stood in it, and would write beside the other. */
  @Test
  @Tag("all")
  void one_that_is_started_while_it_is_fenced_is_seen_and_refused() throws IOException {
    world().hands().kill("east-1");
    Path data = server("east-1").dataDirectory();
    Files.delete(data.resolve("standby.signal"));
    HostWork starting =
        new ScratchPrograms(world().lab(), "east-1")
            .with(
                "pg_controldata",
                """
                #!/bin/sh
                own=${0%%/*}
                if mkdir "$own/once" 2>/dev/null; then
                  "$own/pg_ctl" -D "%s" -l "$own/log" -w start >/dev/null 2>&1 </dev/null 3>&- 9>&-
                fi
                exec "$own/pg_controldata.real" "$@"
                """
                    .formatted(data))
            .of(world().cluster());
    refused(FailureCode.TWO_PRIMARIES, () -> steps().adopted(run(), starting, EAST));
    assertThat(steps().look("east-1").process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(steps().look("east-1").start().fencedEpoch()).isPositive();
    world().hands().kill("east-1");
    world().hands().start("east-1");
    assertThat(steps().look("east-1").process()).isEqualTo(ServerProcess.STOPPED);
  }
}
