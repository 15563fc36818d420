package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Restore points are published at east every 5 min, and deep consumes them. */
class EvidenceDiagnosesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final Cluster cluster = Harbour.strait();

  private static List<String> ids(List<Diagnosis> diagnoses) {
    return diagnoses.stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  @Test
  void evidence_that_is_too_old_is_named_until_it_is_read_again() {
    SiteName deep = new SiteName("deep");
    Sign point = new Sign(Kind.RESTORE_POINT, new InstanceId("east"), "sync_point_1");
    Sign proof = new Sign(Kind.PROOF, new InstanceId("deep"), "sync_point_0");
    List<Diagnosis> old = ofEvidence(List.of(), point, proof);
    assertThat(ids(old)).containsExactly("restore-point-too-old east", "proof-too-old deep");
    assertThat(old)
        .extracting(Diagnosis::sentence)
        .containsExactly(
            "the newest READY restore point, sync_point_1, is more than 10 min 30 s old; one is due"
                + " every 5 min",
            "deep was last proved at sync_point_0, which is more than 20 min old; a newer point is"
                + " READY");
    assertThat(old)
        .extracting(Diagnosis::remedy)
        .containsExactly(Commands.publish(cluster.name()), Commands.consume(cluster.name(), deep));
    List<Diagnosis> unread = ofEvidence(old);
    assertThat(ids(unread)).isEqualTo(ids(old));
    assertThat(unread).noneMatch(one -> one.unseenSince().isEmpty());
    assertThat(
            ofEvidence(
                unread,
                new Sign(Kind.RESTORE_POINT, new InstanceId("east"), Sign.IN_TIME),
                new Sign(Kind.PROOF, new InstanceId("deep"), Sign.IN_TIME)))
        .isEmpty();
    Cluster without = Strait.cluster();
    assertThat(
            Diagnoses.of(
                without, List.of(watched("east", List.of()), watched("west", List.of())), old, NOW))
        .as("a cluster file without that site")
        .extracting(Diagnosis::kind)
        .containsExactly(DiagnosisKind.RESTORE_POINT_TOO_OLD);
  }

  /** After the loss of east a failover moves the primary to west, which publishes then. */
  @Test
  void each_site_that_may_publish_reads_latest_and_one_that_reads_it_in_time_is_enough() {
    Sign east = new Sign(Kind.RESTORE_POINT, new InstanceId("east"), "sync_point_0");
    Sign west = new Sign(Kind.RESTORE_POINT, new InstanceId("west"), "sync_point_1");
    Sign inTime = new Sign(Kind.RESTORE_POINT, new InstanceId("west"), Sign.IN_TIME);
    assertThat(ofEvidence(List.of(), east, west))
        .extracting(Diagnosis::sentence)
        .singleElement()
        .asString()
        .contains("sync_point_1");
    List<Diagnosis> old = ofEvidence(List.of(), west);
    assertThat(ids(old)).containsExactly("restore-point-too-old east");
    assertThat(ofEvidence(old, inTime)).isEmpty();
    assertThat(ofEvidence(old, east, inTime)).isEmpty();
  }

  private List<Diagnosis> ofEvidence(List<Diagnosis> before, Sign... signs) {
    List<SiteState> sites =
        Stream.of("east", "west", "deep").map(site -> watched(site, List.of(signs))).toList();
    return Diagnoses.of(cluster, sites, before, NOW);
  }

  private static SiteState watched(String site, List<Sign> all) {
    return SiteState.watched(
        new SiteName(site),
        List.of(),
        all.stream().filter(sign -> sign.subject().value().equals(site)).toList());
  }
}
