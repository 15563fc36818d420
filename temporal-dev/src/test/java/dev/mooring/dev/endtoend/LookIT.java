package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.status.Finding;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.StatusResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the workers see when somebody asks where a cluster stands, on real servers and hosts. */
@Timeout(120)
class LookIT {
  private static Stage stage;
  private static String point;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    point = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static StatusResult look() {
    return stage.start("ClusterStatus", stage.publishRequest()).getResult(StatusResult.class);
  }

  /** A busy machine may miss a look's three seconds; one that sees all of it is waited for. */
  private static StatusResult lookUntilAllIsSeen() {
    StatusResult[] last = {look()};
    Soon.soon(
        "every host was seen",
        () -> {
          last[0] = look();
          return last[0].instances().stream().noneMatch(LookIT::isUnseen);
        });
    return last[0];
  }

  private static boolean isUnseen(InstanceRow row) {
    return row.state().equals("not seen") || row.state().equals("parked, as proved");
  }

  private static List<String> facts(StatusResult result) {
    return result.findings().stream()
        .filter(finding -> finding.level() != Finding.Level.NOTE)
        .map(Finding::fact)
        .toList();
  }

  @Test
  void a_healthy_cluster_is_seen_whole() {
    StatusResult result = lookUntilAllIsSeen();

    assertThat(result.headline())
        .startsWith("west is moored at " + point)
        .contains("2 of 2 proved", "east published " + point);
    assertThat(result.worst()).isEqualTo(Finding.Level.NOTE);
    assertThat(result.instances().stream().map(InstanceRow::state))
        .containsExactly("primary", "parked", "primary", "parked");
  }

  @Test
  void a_dead_host_is_unknown_and_the_others_are_seen() {
    lookUntilAllIsSeen();
    LabHost dead = stage.lab.host("w1");
    StatusResult result;
    try {
      stage.lab.faults().signalAllSsh(dead, Signal.STOP);
      result = look();
    } finally {
      stage.lab.faults().signalAllSsh(dead, Signal.CONT);
    }

    assertThat(facts(result))
        .anySatisfy(fact -> assertThat(fact).contains("w1", "did not answer within 3 s"));
    assertThat(result.headline()).startsWith("west is moored at " + point);
    assertThat(result.instances())
        .filteredOn(row -> row.host().value().equals("w1"))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, as proved"));
    lookUntilAllIsSeen();
  }

  @Test
  void a_state_that_is_gone_while_its_name_is_there_is_not_called_never_moored()
      throws IOException {
    Path state =
        stage
            .lab
            .evidenceStore()
            .resolve(stage.cluster())
            .resolve("sites")
            .resolve("west")
            .resolve("state.json");
    Files.delete(state);

    StatusResult result = look();

    assertThat(result.worst()).isEqualTo(Finding.Level.CRITICAL);
    assertThat(result.headline())
        .startsWith("where west stands can't be said")
        .doesNotContain("never");
    assertThat(facts(result))
        .anySatisfy(fact -> assertThat(fact).contains("state.json is missing"));
  }
}
