package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.ClusterName;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A watch of real servers: a diagnosis begins and ends with its fault; a pause is shown first. */
@Tag("all")
class WatchIT {
  private static final String WATCH =
      "watch: {every: PT1S, beginAfterLooks: 2, endAfterLooks: 2}\n";

  private static Stage stage;
  private static Sites sites;
  private static LabInstance east;
  private static LabInstance west;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    east = stage.lab.instance("east-0");
    west = stage.lab.instance("west-0");
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  @Test
  void faults_of_real_servers_are_diagnosed_and_over_once_repaired() {
    stage.amendClusterFile(now -> now + WATCH);
    typed("monitor %s on");
    finds();

    pauseIsShownFirstUntilAPersonEndsIt();

    sites.ask(west, "SELECT pg_wal_replay_pause()");
    finds("replay-paused west-0");
    sites.ask(west, "SELECT pg_wal_replay_resume()");
    finds();

    stage.lab.faults().archiveOff(0);
    sites.ask(east, "SELECT pg_switch_wal()");
    finds("archiving-failing east-0");
    stage.lab.faults().archiveOn(0);
    finds();

    commitsHang();

    String upstream = sites.ask(west, "SHOW primary_conninfo");
    set(west, "primary_conninfo", "");
    finds("receiver-not-streaming west-0", "slot-inactive east-0/west_0");
    set(west, "primary_conninfo", upstream);
    finds();

    stage.lab.stop(west);
    finds("member-silent west-0", "slot-inactive east-0/west_0");
    stage.lab.start(west);
    finds();

    stage.laws().without(1, "a person promotes a standby beside the primary");
    sites.ask(west, "SELECT pg_promote()");
    finds("two-writable east-0, west-0", "slot-inactive east-0/west_0");
    stage.lab.stop(east);
    finds("no-standby-streaming west-0", "member-silent east-0", "timeline-drift east-1");
  }

  private static void pauseIsShownFirstUntilAPersonEndsIt() {
    typed("monitor %s off --reason disks --until PT2H");
    Pause pause = watch().query("monitoring", Monitoring.class).pauses().get(0);
    assertThat(pause.until()).containsExactly(pause.since().plus(Duration.ofHours(2)));
    String first = "automation is paused by ann: disks, until " + pause.until().get(0);
    assertThat(shown().firstLine()).isEqualTo(first);
    stage.mooring().typeUntil(of("status %s"), answer -> answer.firstLine().equals(first));

    typed("monitor %s on");
    assertThat(watch().query("monitoring", Monitoring.class).pauses()).isEmpty();
    assertThat(shown().firstLine()).startsWith(of("%s is watched for "));
    stage.mooring().typeUntil(of("status %s"), answer -> !answer.out().contains(first));
  }

  private static Answer shown() {
    return stage.mooring().typeUntilInOrder(of("monitor %s"));
  }

  private static String of(String line) {
    return String.format(line, stage.cluster());
  }

  private static void typed(String line) {
    Answer answer = stage.mooring().type(of(line));
    assertThat(answer.status()).as(line + ": " + answer.out() + answer.err()).isZero();
  }

  private static WorkflowStub watch() {
    return stage
        .service
        .client()
        .newUntypedWorkflowStub(RunIds.watch(new ClusterName(stage.cluster())));
  }

  private static void commitsHang() {
    set(east, "synchronous_standby_names", "gone");
    finds("commits-hang east-0");
    set(east, "synchronous_standby_names", "FIRST 1 (gone, west_0)");
    finds();
    set(east, "synchronous_standby_names", "");
  }

  private static void set(LabInstance instance, String setting, String value) {
    sites.change(instance, "ALTER SYSTEM SET " + setting + " = '" + value.replace("'", "''") + "'");
    sites.ask(instance, "SELECT pg_reload_conf()");
  }

  /** Waits until exactly these diagnoses are open, in any order. */
  private static void finds(String... diagnoses) {
    List<String> wanted = List.of(diagnoses);
    Soon.seen(
        "the watch finds " + wanted,
        () -> watch().query("watched", WatchState.class),
        state ->
            state.isAllSeen()
                && state.diagnoses().stream()
                    .map(one -> one.kind().id() + " " + one.subject())
                    .sorted()
                    .toList()
                    .equals(wanted.stream().sorted().toList()));
  }
}
