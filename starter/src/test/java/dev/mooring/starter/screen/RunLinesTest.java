package dev.mooring.starter.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.temporal.Watcher.PendingCall;
import dev.mooring.starter.temporal.Watcher.RunView;
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
