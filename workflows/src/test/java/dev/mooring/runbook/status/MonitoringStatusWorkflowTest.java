package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pause of automation is said before all else; that nobody watches is no warning. */
class MonitoringStatusWorkflowTest {
  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ClusterStatusImpl.class);

  @AfterEach
  void close() {
    bed.close();
  }

  private StatusResult status(Optional<Monitoring> says) {
    bed.world().runs().monitoring(says);
    return bed.status(Typed.json("{'cluster':'strait'}"));
  }

  private static List<CheckRow> of(StatusResult result, String id) {
    return result.findings().stream().filter(one -> one.is(id, "")).toList();
  }

  @Test
  void a_pause_is_the_first_verdict() {
    Instant end = Instant.parse("2030-01-02T00:00:00Z");
    StatusResult result =
        status(
            Optional.of(
                new Monitoring(
                    true,
                    List.of(new Pause("alice", "new disks", Instant.EPOCH, List.of(end))),
                    List.of())));
    assertThat(result.verdicts().get(0))
        .isEqualTo("automation is paused by alice: new disks, until 2030-01-02T00:00:00Z");
    assertThat(of(result, "automatic-pause")).isEmpty();
  }

  /** The watch keeps its pause, and watches nothing there. */
  @Test
  void a_pause_is_the_first_verdict_also_where_patroni_runs_the_members() {
    Monitoring paused =
        new Monitoring(
            false, List.of(new Pause("alice", "new disks", Instant.EPOCH, List.of())), List.of());
    try (TestBed patroni =
        new TestBed(new FakeCluster(Strait.byPatroni()), ClusterStatusImpl.class)) {
      patroni.world().runs().monitoring(Optional.of(paused));
      StatusResult result = patroni.status(Typed.json("{'cluster':'strait'}"));
      assertThat(result.verdicts().get(0)).isEqualTo("automation is paused by alice: new disks");
      assertThat(of(result, "watch")).isEmpty();
    }
  }

  @Test
  void that_nobody_watches_is_a_note() {
    StatusResult result = status(Optional.of(new Monitoring(false, List.of(), List.of())));
    assertThat(of(result, "watch")).extracting(CheckRow::verdict).containsExactly(Judged.GOOD);
  }

  @Test
  void a_pause_that_can_not_be_read_is_a_warning() {
    assertThat(of(status(Optional.empty()), "automatic-pause"))
        .extracting(CheckRow::verdict)
        .containsExactly(Judged.WARNING);
  }
}
