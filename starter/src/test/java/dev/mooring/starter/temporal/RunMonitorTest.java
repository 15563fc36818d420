package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.ClusterName;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is said of a watch, or of a pause, that the run itself does not answer. */
class RunMonitorTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final RunOrder OFF = RunOrder.watch(STRAIT, "alice", "new disks", true, "");

  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ReplicationWatchImpl.class);
  private final TemporalServer server = TemporalServer.embedded(bed.client());
  private final RunMonitor monitor = new RunMonitor(server, STRAIT);

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void a_watch_is_begun_once_it_has_read_the_cluster_file() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    bed.faults().before(call -> call.method().equals("readCluster"), () -> TestBed.awaitOver(read));
    CompletableFuture<Optional<WatchState>> begun =
        CompletableFuture.supplyAsync(() -> monitor.begin(OFF));
    while (isUnpaused()) {
      assertThat(begun).isNotDone();
    }
    read.countDown();
    WatchState state = begun.get(30, TimeUnit.SECONDS).orElseThrow();
    assertThat(state.sites()).isNotEmpty();
    assertThat(state.pauses()).extracting(Pause::reason).containsExactly("new disks");
    assertThat(monitor.begin(OFF)).isEmpty();
  }

  private boolean isUnpaused() {
    try {
      return monitor.state().filter(state -> !state.pauses().isEmpty()).isEmpty();
    } catch (CommandFailure notTakenYet) {
      return true;
    }
  }

  @Test
  void a_cluster_that_is_not_watched_is_paused_alone() {
    try (TestBed fleet =
        new TestBed(new FakeCluster(Strait.byPatroni()), ReplicationWatchImpl.class).keepTime()) {
      RunMonitor unwatched = new RunMonitor(TemporalServer.embedded(fleet.client()), STRAIT);
      RunOrder on = RunOrder.watch(STRAIT, "alice", "", false, "");
      assertThatThrownBy(() -> unwatched.begin(on))
          .hasMessageContaining("Patroni runs the members");
      assertThat(unwatched.begin(OFF).orElseThrow().unwatched()).isNotEmpty();
      assertThat(unwatched.begin(on)).isEmpty();
      assertThat(unwatched.resume("alice", ""))
          .startsWith("automation continues; the cluster file is read again");
    }
  }

  @Test
  void one_that_ends_before_that_has_paused_nothing() {
    bed.faults().plan(call -> call.method().equals("readCluster"), Fault.FAILS);
    assertThatThrownBy(() -> monitor.begin(OFF)).isInstanceOf(CommandFailure.class);
    assertThat(monitor.state()).isEmpty();
  }
}
