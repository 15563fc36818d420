package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a publish makes of a LATEST that is not the point before its own. */
class LatestWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void refuses_to_publish_while_latest_is_lost() {
    bed.publish(PUBLISH);
    bed.world().trouble().loseLatest();
    long points = pointsMade();
    Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    assertThat(ended.record().headline())
        .startsWith("LATEST is missing while sync_point_")
        .endsWith("copy the newest published manifest to LATEST.json");
    assertThat(pointsMade()).isEqualTo(points);
  }

  private long pointsMade() {
    return bed.faults().calls().stream().filter(c -> c.step().equals("MAKE_POINT")).count();
  }

  @Test
  void says_so_when_latest_stays_at_a_point_that_was_made_later_by_the_clock() {
    bed.publish(PUBLISH);
    Manifest first = bed.world().latest().orElseThrow();
    Manifest.Header header = first.header();
    RestorePointName later = new RestorePointName("sync_point_20990101_000000_000late");
    bed.world()
        .manifests()
        .ensureReady(
            new EnsureManifest(
                new Call(header.cluster(), "before", "WRITE_READY", 0, Epoch.NONE),
                bed.world().cluster().policies().evidence(),
                new Manifest(
                    new Manifest.Header(
                        header.cluster(),
                        later,
                        header.createdAt().plus(Duration.ofDays(30_000)),
                        header.clusterFileDigest(),
                        header.cut()),
                    first.contents(),
                    first.proofs(),
                    first.archive(),
                    first.reasons())));
    PublishResult result = bed.publish(PUBLISH);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("LATEST still names " + later + ", which by Temporal's clock was made after ")
        .contains(result.restorePoint());
    assertThat(bed.world().lastReceipt().seen().degraded()).isEqualTo(result.degraded());
  }
}
