package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** S11: an administrator's own commands before and after a standby is made anew, on its host. */
@Tag("all")
@Tag("heavy")
class ResilverCommandsIT {
  private static final String AROUND =
      "resilver: {before: 'ls {data_directory} >{data_directory}.before && %s', after: 'test -f"
          + " {data_directory}/standby.signal && echo {instance} {port} {primary}"
          + " >{data_directory}.after && %s', commandWithin: PT2S}%nreplication: {";

  private static Stage stage;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(1).named("fix"));
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static LabInstance west() {
    return stage.lab.instance("west-0");
  }

  private static Path beside(String name) {
    return west().dataDirectory().resolveSibling(west().dataDirectory().getFileName() + name);
  }

  /** West-0's data can't be read any more, and is made anew with these commands around it. */
  private static Answer madeAnew(String before, String after) throws IOException {
    stage.amendClusterFile(now -> now.replace("replication: {", AROUND.formatted(before, after)));
    stage.lab.stop(west());
    Files.delete(west().dataDirectory().resolve("PG_VERSION"));
    Answer plan = stage.mooring().type("plan resilver fix --instances west-0");
    return stage
        .mooring()
        .type(
            "resilver fix --instances west-0 --reason test --digest "
                + Replicated.digest(plan.out()));
  }

  @Test
  void both_are_run_on_its_host_with_what_they_are_run_for_filled_in() throws IOException {
    Answer made = madeAnew("true", "true");

    assertThat(made.status()).as(made.out() + made.err()).isZero();
    assertThat(Files.readAllLines(beside(".before"))).contains("global", "base");
    assertThat(Files.readString(beside(".after")))
        .isEqualTo("west-0 " + west().port() + " east-0\n");
  }

  @Test
  void what_ends_badly_before_stops_it_and_after_is_told() throws IOException {
    Answer stopped = madeAnew("sleep 30", "true");
    assertThat(stopped.status()).as(stopped.out()).isEqualTo(1);
    assertThat(stopped.out() + stopped.err())
        .contains("resilver.before ended with exit status 124 (124: after 2 s)");
    assertThat(west().dataDirectory().resolve("PG_VERSION")).doesNotExist();
    assertThat(beside(".mooring-new")).doesNotExist();
    stage.reset();

    Answer reported = madeAnew("true", "{ echo no such view >&2; exit 3; }");
    assertThat(reported.status()).as(reported.out() + reported.err()).isZero();
    assertThat(reported.out())
        .contains("west-0: resilver.after did not end well", "exit status 3", "no such view");
    assertThat(beside(".after")).exists();
  }
}
