package dev.mooring.starter.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.temporal.Watcher.PendingCall;
import dev.mooring.starter.temporal.Watcher.RunView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunLinesTest {
  private static final Progress REPLAYING =
      new Progress(
          "DrConsume",
          "wait until every instance has shut itself down",
          "sync_point_20261120_120000_a1b2c3",
          List.of(
              new StepProgress("RESOLVE", "read the cluster file", "done", "", 140),
              new StepProgress(
                  "CHOOSE_MANIFEST", "choose the restore point", "done", "LATEST", 61_049),
              new StepProgress("SET_TARGETS", "write target and gate", "skipped", ""),
              new StepProgress("AWAIT_PARKED", "wait until every instance", "running", ""),
              new StepProgress("PROVE_ALL", "prove of every instance", "waiting", ""),
              new StepProgress("ADVANCE", "advance the state", Progress.NOT_REACHED, "")));

  @Test
  void a_picture_shows_every_step_and_what_hosts_are_at_under_the_one_that_runs() {
    RunView view =
        new RunView(
            REPLAYING,
            List.of(
                new PendingCall(
                    "AwaitParked", 1, "", "west-0 replays 000000010000000000000007", ""),
                new PendingCall("AwaitParked", 3, "host w1 can't be reached", "", ""),
                new PendingCall("AwaitParked", 1, "", "", "mooring-west")),
            "");

    assertThat(RunLines.picture(view))
        .containsExactly(
            "  done     read the cluster file (0.1 s)",
            "  done     choose the restore point (1 min 1 s): LATEST",
            "  skipped  write target and gate",
            "  running  wait until every instance",
            "           west-0 replays 000000010000000000000007",
            "           AwaitParked, attempt 3: host w1 can't be reached",
            "           no worker serves the queue mooring-west"
                + " (`systemctl start mooring-worker@west`)",
            "           prove of every instance",
            "           advance the state");
  }

  /** Else it could not be drawn in its place. */
  @Test
  void a_picture_that_is_higher_than_the_terminal_is_cut_around_what_runs() {
    RunView view = new RunView(REPLAYING, List.of(), "");

    assertThat(RunLines.picture(view, 5))
        .containsExactly(
            "           2 lines above",
            "  skipped  write target and gate",
            "  running  wait until every instance",
            "           prove of every instance",
            "           advance the state");
    assertThat(RunLines.picture(view, 3))
        .containsExactly(
            "           3 lines above",
            "  running  wait until every instance",
            "           2 lines below");
    assertThat(RunLines.picture(view, 6)).isEqualTo(RunLines.picture(view));
    assertThat(RunLines.picture(new RunView(REPLAYING, List.of(), "Temporal is away"), 4))
        .as("the note is always shown")
        .containsExactly(
            "           3 lines above",
            "  running  wait until every instance",
            "           2 lines below",
            "  Temporal is away");
  }

  @Test
  void a_step_that_holds_is_shown_however_low_the_terminal_is() {
    List<StepProgress> steps = new ArrayList<>();
    IntStream.range(0, 14).forEach(at -> steps.add(new StepProgress("A", "did", "done", "")));
    steps.add(new StepProgress("B", "catch up", "held", "`mooring retry RUN`"));
    IntStream.range(0, 22).forEach(at -> steps.add(new StepProgress("C", "do", "waiting", "")));
    Progress held = new Progress("Failback", "", "", steps);

    assertThat(RunLines.picture(new RunView(held, List.of(), ""), 23))
        .hasSize(23)
        .contains("  held     catch up: `mooring retry RUN`");
  }

  @Test
  void on_a_terminal_each_picture_takes_the_place_of_the_one_before() {
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(screen, true, StandardCharsets.UTF_8);
    LiveWatcher live = new LiveWatcher(new Console(out, out, 80));
    RunView view = new RunView(REPLAYING, List.of(), "");
    String picture = String.join("\n", RunLines.picture(view)) + "\n";

    live.show(view);
    live.show(view);

    assertThat(screen.toString(StandardCharsets.UTF_8))
        .isEqualTo(picture + "\u001b[6A\u001b[J" + picture);
  }

  @Test
  void a_log_has_one_line_for_a_step_once_it_ended() {
    List<String> said = new ArrayList<>();
    PlainWatcher log = new PlainWatcher(said::add);
    log.show(new RunView(REPLAYING, List.of(), ""));
    assertThat(said)
        .containsExactly(
            "  done     read the cluster file (0.1 s)",
            "  done     choose the restore point (1 min 1 s): LATEST");
  }

  @Test
  void a_log_names_a_step_that_lasts_and_one_whose_host_says_something() {
    List<String> said = new ArrayList<>();
    PlainWatcher log = new PlainWatcher(said::add);
    IntStream.rangeClosed(0, 4).forEach(look -> log.show(new RunView(REPLAYING, List.of(), "")));
    assertThat(said).hasSize(3).last().isEqualTo("  running  wait until every instance");
    PendingCall call = new PendingCall("AwaitParked", 1, "", "west-0 replays 07", "");
    assertThat(RunLines.events(new RunView(REPLAYING, List.of(call), ""), false))
        .endsWith("  running  wait until every instance", "           west-0 replays 07");
  }

  @Test
  void a_run_that_nobody_works_on_says_so() {
    RunView view =
        new RunView(
            new Progress("PublishCycle", "waits for a worker", "", List.of()),
            List.of(),
            "no worker serves the queue mooring");

    assertThat(RunLines.picture(view))
        .containsExactly("  waits for a worker", "  no worker serves the queue mooring");
  }
}
