package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.switchover.PreflightRow;
import dev.mooring.runbook.switchover.SwitchoverResult;
import dev.mooring.worker.MooringWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands against a move is told in its plan, all at once, and refuses it. */
abstract class SwitchoverRefused extends SwitchoverStage {

  @Test
  @Tag("root") // only root drops packets
  void all_that_stands_against_a_move_is_told_at_once_and_refuses_it() throws Exception {
    LabInstance primary = stage.lab.instance("east-0");
    LabInstance target = stage.lab.instance("west-0");
    LabInstance sibling = stage.lab.instance("east-1");
    stage.amendClusterFile(
        now -> now.replace("replication: {", "replication: {archiveBacklog: 0, "));
    Path control = sibling.dataDirectory().resolve("global/pg_control");
    Path aside = control.resolveSibling("pg_control.aside");
    stage.dismissWorker();
    MooringWorker impatient =
        stage.workerOf(stage.service, List.of(stage.hooks, Impatience.givesUpSoon()));
    try {
      stage.lab.faults().archiveOff(0);
      ask(primary, "SELECT pg_switch_wal()");
      ask(target, "SELECT pg_wal_replay_pause()");
      stage.lab.faults().killSshAndSessions(target.host());
      stage.lab.faults().network(sibling.host()).drop(HostNetwork.Way.IN, sibling.port());
      Files.move(control, aside);
      SwitchoverResult plan = plan("west-0");
      assertThat(against(plan))
          .anyMatch(row -> row.startsWith("west-0 on its host: ") && row.contains("w0"))
          .anyMatch(row -> row.startsWith("east-1 answers: "))
          .anyMatch(row -> row.startsWith("east-1 on its host: ") && row.contains("pg_control"))
          .anyMatch(row -> row.startsWith("west-0's replay: paused"))
          .anyMatch(row -> row.startsWith("files that wait for the archiver of east-0: "));
      EndingRecord refused = Stage.endingOf(execute("west-0", plan.digest()));
      assertThat(refused.outcome()).isEqualTo("Refused");
    } finally {
      Files.move(aside, control);
      stage.lab.faults().network(sibling.host()).mend();
      stage.lab.faults().startSsh(target.host());
      ask(target, "SELECT pg_wal_replay_resume()");
      stage.lab.faults().archiveOn(0);
      impatient.close();
      stage.recallWorker();
    }
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  private static List<String> against(SwitchoverResult plan) {
    return plan.checks().stream()
        .filter(row -> row.judged() == PreflightRow.Judged.WRONG)
        .map(row -> row.looked() + ": " + row.seen())
        .toList();
  }

  /** A host that shows another key than it did is not spoken to, and says so. */
  @Test
  void a_host_key_that_changed_refuses_a_move() {
    LabHost host = stage.lab.instance("west-0").host();
    stage.lab.faults().changeHostKey(host);
    try {
      assertThat(plan("west-0").headline()).contains("west-0 on its host").contains("key");
    } finally {
      stage.lab.faults().correctKnownHosts();
    }
  }

  static void ask(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
