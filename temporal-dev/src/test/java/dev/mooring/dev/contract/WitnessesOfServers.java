package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.WitnessContract;
import dev.mooring.dev.lab.HostNetwork;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.port.ConnectionActivities.Came;
import dev.mooring.port.ConnectionActivities.Seen;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.ConnectionActivities.Watch;
import dev.mooring.port.ConnectionActivities.Watched;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.WitnessActivities.Answer;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What real servers and hosts that are going, or gone, let themselves be seen as. */
abstract class WitnessesOfServers extends WitnessContract {
  /** Two looks take five seconds or so; a connection over SSH is waited for four times as long. */
  private static final Duration LOOKS = Duration.ofSeconds(20);

  @Override
  protected abstract StreamingRealWorld world();

  /** A backend that stands still outlives its postmaster, and commits once it goes on. */
  @Test
  @Tag("all")
  void processes_that_outlived_their_postmaster_are_told_from_a_server_that_ended() {
    world().hands().orphan(EAST);
    try {
      assertThat(asked(EAST)).extracting(Answer::host).containsOnly(OnHost.ORPHANS);
      assertThat(tried(EAST)).extracting(Seen::database).containsOnly(Database.CLOSED);
    } finally {
      world().hands().kill(EAST);
    }
  }

  @Test
  @Tag("all")
  void a_host_that_takes_no_session_any_more_is_not_silent() {
    LabHost host = world().lab().instance(EAST).host();
    world().lab().faults().signalAllSsh(host, Signal.STOP);
    try {
      long began = System.nanoTime();
      List<Answer> answers = asked(EAST);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ThisMachine.takes(LOOKS));
      assertThat(answers).extracting(Answer::host).containsOnly(OnHost.NO_LOGIN);
    } finally {
      world().lab().faults().signalAllSsh(host, Signal.CONT);
    }
    until(() -> asked(EAST).get(0).host() == OnHost.RUNS);
  }

  @Test
  @Tag("all")
  void who_may_not_log_in_is_turned_away_by_a_server_that_is_there() {
    DatabaseAccess usual = world().cluster().policies().database();
    DatabaseAccess nobody =
        new DatabaseAccess(
            "nobody_there",
            usual.database(),
            usual.password(),
            usual.sslMode(),
            usual.sslRootCertificate());
    List<Seen> seen =
        world()
            .attempts()
            .observeConnection(
                new TryConnection(
                    call(),
                    nobody,
                    new Server(steps().instance(EAST), steps().host(EAST).access().address()),
                    1))
            .attempts();
    assertThat(seen).extracting(Seen::database).containsExactly(Database.TURNS_AWAY);
  }

  /** As where no name server answers: that says nothing of the primary. */
  @Test
  @Tag("all")
  void a_name_without_an_address_is_no_silence() {
    String nowhere = "no-such-host.invalid";
    DatabaseAccess access = world().cluster().policies().database();
    Server unnamed = new Server(steps().instance(EAST), nowhere);
    assertThat(
            world()
                .attempts()
                .observeConnection(new TryConnection(call(), access, unnamed, 1))
                .attempts())
        .extracting(Seen::database)
        .containsExactly(Database.NOT_ASKED);
    assertThat(
            world()
                .witnesses()
                .observeFromHost(
                    new TryFromHost(
                        call(), steps().on(WEST), nowhere, steps().instance(EAST).port(), 1))
                .attempts())
        .extracting(Seen::database)
        .containsExactly(Database.NOT_ASKED);
    Watched watched =
        world()
            .attempts()
            .awaitSilence(
                new Watch(
                    call(),
                    access,
                    unnamed,
                    Duration.ofMillis(100),
                    Duration.ofSeconds(1),
                    500,
                    false));
    assertThat(watched.came()).isEqualTo(Came.HEARD);
  }

  /** Only root has networks in which a host can be cut off. */
  @Test
  @Tag("all")
  @Tag("root")
  void a_host_that_is_cut_off_is_silent_to_all_and_nobody_waits_long() {
    HostNetwork network = world().lab().faults().network(world().lab().instance(EAST).host());
    network.cutFromAll();
    try {
      long began = System.nanoTime();
      assertThat(asked(EAST)).extracting(Answer::host).containsOnly(OnHost.SILENT);
      assertThat(tried(EAST)).extracting(Seen::database).containsOnly(Database.SILENT);
      assertThat(knockedFrom(WEST, EAST).attempts())
          .extracting(Seen::database)
          .containsOnly(Database.SILENT);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(ThisMachine.takes(LOOKS.multipliedBy(2)));
    } finally {
      network.mend();
    }
  }
}
