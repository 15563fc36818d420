package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.CommandRun;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What running an administrator's command around the making of an instance promises. */
abstract class CommandContract {
  private static final Duration LIMIT = Limit.seconds(30);
  private static final String PRIMARY = "east-0";
  private static final String STANDBY = "west-0";

  final Run run = Steps.newRun();

  /** The world all tests of a class share. */
  protected abstract CopyWorld world();

  /** A call of this test's run. */
  protected Call call(int ordinal) {
    return new Call(world().cluster().name(), run.id(), "STEP_" + ordinal, ordinal, run.epoch());
  }

  final Instance instance(String id) {
    return world().cluster().instances().stream()
        .filter(i -> i.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** Work on that instance alone. */
  protected HostWork on(String id) {
    return new HostWork(world().cluster().host(instance(id).host()), List.of(instance(id)));
  }

  private CommandRun command(int ordinal, String template, Duration within) {
    return world()
        .copies(1)
        .ensureCommandRun(
            new RunCommand(
                call(ordinal),
                on(STANDBY),
                "resilver.before",
                template,
                instance(PRIMARY).id(),
                within));
  }

  @Test
  void a_command_is_told_what_it_is_run_for_and_what_it_prints_is_answered() {
    String of = "{instance} {address} {port} {data_directory} {primary}";
    Instance standby = instance(STANDBY);
    for (int time = 1; time <= 2; time++) {
      assertThat(command(time, "echo " + of, LIMIT).printed())
          .isEqualTo(
              "%s %s %d %s %s",
              STANDBY,
              world().cluster().host(standby.host()).access().address(),
              standby.port(),
              standby.dataDirectory(),
              PRIMARY);
    }
  }

  @Test
  @Tag("all")
  void a_command_that_ends_badly_is_refused_by_the_name_of_its_setting() {
    assertThat(
            refused(FailureCode.HOST_REFUSED, () -> command(1, "exit 3", LIMIT))
                .getOriginalMessage())
        .contains("resilver.before ended with exit", "3");
    command(2, "exit 0", LIMIT);
  }
}
