package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Packets between worker and hosts are lost, late or out of order, while clients write: runs take
 * longer and come to the same.
 */
@Tag("all")
@Tag("root")
@Tag("heavy")
class LossyNetworkIT {
  private static final int LOST_OF_A_HUNDRED = 30;
  private static final int ROUNDS = 2;
  private static final Duration LATE = Duration.ofMillis(500);
  private static final Duration AT_MOST_BY = Duration.ofMillis(100);

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    // a transfer holds the barrier off for all its ways there and back, each of which may be lost
    stage.amendClusterFile(now -> now.replace("timeout: PT5S", "timeout: PT30S"));
    stage.lab.load().start(Barrier.HELD);
  }

  @AfterEach
  void mend() {
    everywhere(HostNetwork::mend);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_publish_and_a_consume_come_to_the_same_while_packets_are_lost() {
    for (int round = 0; round < ROUNDS; round++) {
      comesToTheSame(network -> network.lose(LOST_OF_A_HUNDRED));
    }
  }

  @Test
  void a_publish_and_a_consume_come_to_the_same_while_packets_are_late_and_out_of_order() {
    comesToTheSame(network -> network.delay(LATE, AT_MOST_BY));
  }

  private void comesToTheSame(Consumer<HostNetwork> trouble) {
    everywhere(trouble);

    String point = LostObservations.heard(stage::publish).restorePoint();
    assertThat(sites.latest().name().value()).isEqualTo(point);
    assertThat(LostObservations.heard(stage::consume).restorePoint()).isEqualTo(point);

    mend();
    assertThat(sites.mooredAt()).isEqualTo(point);
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      stage.lab.load().check(copy).assertExact();
    }
    stage.laws().assertAll();
  }

  private static void everywhere(Consumer<HostNetwork> act) {
    stage.lab.hosts().forEach(host -> act.accept(stage.lab.faults().network(host)));
  }
}
