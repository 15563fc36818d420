package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.resilver.ResilverStep;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens while those that were healed are waited for: it holds, goes on, or goes back. */
abstract class ResilveredWaits extends ResilveredRefused {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

  /** A minute and an hour are as long as a few seconds here, in runs that begin from now on. */
  static void impatiently() {
    stage.patience.only(Impatience.withStandbysFor(LONG_ENOUGH));
  }

  private static HostNetwork westsNetwork() {
    return stage.lab.faults().network(west().host());
  }

  private static void cutLink() {
    westsNetwork().cutFrom(stage.lab.host("e0"));
  }

  static void assertHealed(WorkflowStub run) {
    ResilverResult result = run.getResult(ResilverResult.class);
    assertThat(result.headline()).isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(westStreams()).isTrue();
  }

  /** It looks, starts it, and looks again. */
  @Test
  @Tag("all")
  void one_that_dies_as_it_comes_up_is_started_once_more_and_then_holds_the_run() {
    stage.laws().without(7, "whoever dies as it comes up is started again");
    kill("west-0");
    impatiently();
    killsWestBeforeCall(1);
    stage.hooks.after(ResilverStep.STREAMING, () -> killsWestBeforeCall(2));
    WorkflowStub run = resilver("execute", "");
    awaitHold(run, "STREAMING", "west-0", "the primary is untouched");
    assertThat(stage.hooks.allRun()).as("it died twice").isTrue();
    assertThat(stage.lab.isRunning(west())).isFalse();
    retry(run);
    assertHealed(run);
    assertThat(run.getResult(ResilverResult.class).proof().toString())
        .contains("name=did not stream, so, value=");
  }

  /** Of the step that waits for it, counted from the next one. */
  private static void killsWestBeforeCall(int call) {
    stage.hooks.before(
        ResilverStep.STREAMING,
        () -> {
          if (call == 1) {
            kill("west-0");
          } else {
            killsWestBeforeCall(call - 1);
          }
        });
  }

  @Test
  @Tag("all")
  @Tag("root") // only root drops packets
  void one_that_does_not_reach_the_primary_is_waited_for_and_named() {
    kill("west-0");
    impatiently();
    cutLink();
    WorkflowStub run = resilver("execute", "");
    try {
      awaitHold(run, "STREAMING", "west-0", "it does not stream from east-0");
    } finally {
      westsNetwork().mend();
    }
    Soon.soon("it streams", ResilveredStage::westStreams);
    retry(run);
    assertHealed(run);
  }

  /** Neither is a move: the one nobody started comes back, the other the run does not start. */
  @Test
  @Tag("all")
  void a_failback_waits_for_both_and_ends_where_its_plan_is_no_longer_the_approved_one() {
    kill("west-0");
    stage.hooks.before(
        FailbackStep.CATCH_UP,
        () -> {
          kill("west-0");
          kill("east-0");
        });
    FailbackToWest failback = new FailbackToWest(stage, ",\"catchUpWithin\":\"PT2S\"");
    WorkflowStub run = failback.run();
    awaitHold(run, "CATCH_UP", "west-0", "the primary does not answer");
    stage.lab.start(stage.lab.instance("east-0"));
    retry(run);
    awaitHold(run, "CATCH_UP", "west-0", "it does not stream from east-0");
    assertThat(stage.lab.isRunning(west())).isFalse();
    stage.lab.start(west());
    retry(run);
    failback.awaitPlanOfMove();
    kill("east-1");
    failback.approve();
    assertEnds(
        run, "RolledBack", "PLAN_CHANGED", "was east-1: standby", "west-0 by FOLLOW: that stays");
    assertThat(westStreams()).isTrue();
  }

  /** No lock is held meanwhile. */
  @Test
  void a_primary_that_is_moved_while_a_failback_waits_ends_it() {
    kill("west-0");
    stage.hooks.before(
        FailbackStep.CATCH_UP,
        () -> {
          Soon.soon("the west streams", ResilveredStage::westStreams);
          move("east-1");
        });
    assertEnds(
        new FailbackToWest(stage).run(),
        "RolledBack",
        "PLAN_CHANGED",
        "the primary was moved while instances caught up with it: [east-1] accepts writes by now",
        "west-0 by FOLLOW: that stays; the primary was not moved");
    assertThat(ask("west-0", "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }

  /** Neither a base backup nor a rewind would bring it along, also where all data is gone. */
  @Test
  void what_the_healed_ones_host_lacks_refuses_a_failback_before_it_is_healed()
      throws SQLException, IOException {
    ServerVersion other = ofAnotherMinorVersion();
    Path library = GoneLibrary.ofAFunctionOn(stage.lab, stage.lab.instance("east-0"));
    kill("west-0");
    Files.writeString(
        west().dataDirectory().resolve("postgresql.auto.conf"),
        "archive_mode = off\n",
        StandardOpenOption.APPEND);
    String version = "west-0 server-version: " + other;
    assertEnds(
        new FailbackToWest(stage).run(),
        "Refused",
        "PREFLIGHT",
        "library " + library,
        version,
        "west-0 archive-mode: off");
    Path data = west().dataDirectory();
    Path aside = data.resolveSibling("aside");
    Files.move(data, aside);
    stage.lab.run(west().host(), "mkdir", data.toString());
    assertEnds(
        new FailbackToWest(stage).run(), "Refused", "PREFLIGHT", "library " + library, version);
    assertThat(data).isEmptyDirectory();
    Files.delete(data);
    Files.move(aside, data);
  }

  /** It says that of its programs, where that is let pass, and is then one. */
  @Test
  void what_is_wrong_with_the_healed_one_keeps_the_primary_where_it_is() {
    ServerVersion other = ofAnotherMinorVersion();
    kill("west-0");
    stage.hooks.after(FailbackStep.RESILVERED, () -> ask("west-0", "SELECT pg_wal_replay_pause()"));
    assertEnds(
        new FailbackToWest(
                stage, ",\"overrides\":\"minor-versions\",\"reason\":\"updated next week\"")
            .run(),
        "RolledBack",
        "PREFLIGHT",
        "west-0 replay: paused",
        "west-0 by FOLLOW: that stays");
    assertThat(new Sites(stage.lab).lastReceipt().seen().degraded())
        .contains(
            "west-0 has programs of version "
                + other
                + ", the primary east-0 runs "
                + new Sites(stage.lab).version()
                + ": bring both to one version, the standby first");
    assertThat(westStreams()).isTrue();
  }

  private static ServerVersion ofAnotherMinorVersion() {
    ServerVersion runs = new Sites(stage.lab).version();
    ServerVersion other = new ServerVersion(runs.major(), runs.minor() + 1);
    stage.manage(west(), new OtherPrograms(stage.lab).beside(west(), "postgres", other));
    return other;
  }
}
