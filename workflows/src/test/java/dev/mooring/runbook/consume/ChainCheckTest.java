package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Manifest;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.ChainObserved;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.WayDecoded;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChainCheckTest {
  private final Cluster cluster = Harbour.cluster(2);

  @Test
  void goes_on_when_every_chain_is_whole() {
    Verdicts.proceeds(judge(chain("west-0"), chain("west-1")));
  }

  @Test
  void names_file_instance_content_and_timeline_of_every_gap() {
    ChainObserved broken =
        Altered.of(
            chain("west-1"),
            "missing",
            List.of(
                MissingWal.absent("000000010000000000000002"),
                new MissingWal("000000010000000000000003", "12 bytes instead of 16777216")));
    Verdicts.never(
        judge(chain("west-0"), broken),
        FailureCode.WAL_MISSING,
        "west-1 (content 1, timeline 1): 000000010000000000000002 is missing; west-1 (content 1,"
            + " timeline 1): 000000010000000000000003 is 12 bytes instead of 16777216");
  }

  @Test
  void a_chain_nobody_looked_at_is_not_whole() {
    Verdicts.never(
        judge(chain("west-0")), FailureCode.WAL_MISSING, "west-1: its WAL chain was not checked");
  }

  @Test
  void wal_that_was_not_decoded_is_no_gap_and_is_named() {
    List<WayDecoded> ways =
        List.of(
            new WayDecoded(new InstanceId("west-0"), List.of(), "", List.of()),
            new WayDecoded(
                new InstanceId("west-1"),
                List.of(),
                "the time ended at 000000010000000000000002",
                List.of()));
    List<ChainObserved> chains = List.of(chain("west-0"), chain("west-1"));
    assertThat(ChainCheck.decoded(chains, ways)).isEqualTo(chains);
    assertThat(ChainCheck.notDecoded(ways))
        .containsExactly(
            "west-1: not all WAL was decoded: the time ended at 000000010000000000000002");
  }

  /** Only of its own content, only on its way, and only if it is not decoded now. */
  @Test
  void a_file_found_bad_before_on_a_way_that_was_not_decoded_is_a_gap() {
    String file = "000000010000000000000002";
    List<ChainObserved> chains = List.of(chain("west-0"), chain("west-1"));
    List<WayDecoded> open =
        Stream.of("west-0", "west-1")
            .map(id -> new WayDecoded(new InstanceId(id), List.of(), "the time ended", List.of()))
            .toList();
    Verdicts.never(
        ChainCheck.judge(
            seen(),
            ChainCheck.knownBad(
                seen(),
                chains,
                open,
                manifest(wal(1, "000000010000000000000001")),
                List.of(wal(1, file), wal(1, "000000010000000000000009")))),
        FailureCode.WAL_MISSING,
        "west-1 (content 1, timeline 1): "
            + file
            + " is known to be undecodable, and not decoded now: the time ended");
    assertThat(ChainCheck.knownBad(seen(), chains, open, manifest(wal(1, file)), List.of()))
        .filteredOn(chain -> !chain.missing().isEmpty())
        .extracting(ChainObserved::instance)
        .containsExactly(new InstanceId("west-1"));
    List<WayDecoded> decoded =
        List.of(new WayDecoded(new InstanceId("west-1"), List.of(), "", List.of()));
    assertThat(ChainCheck.knownBad(seen(), chains, decoded, manifest(wal(1, file)), List.of()))
        .containsExactly(chain("west-1"));
  }

  private Manifest manifest(ContentWal... overridden) {
    Manifest found = ObservedInstances.manifest(cluster);
    return new Manifest(
        found.header(),
        found.contents(),
        found.proofs(),
        found.archive(),
        found.reasons(),
        found.presences(),
        List.of(overridden));
  }

  private static ContentWal wal(int content, String file) {
    return new ContentWal(new ContentId(content), new WalFileName(file));
  }

  private List<Seen> seen() {
    return cluster.instancesAt(Harbour.WEST).stream()
        .map(instance -> new Seen(instance, ObservedInstances.standby(instance)))
        .toList();
  }

  private Verdict<List<ChainObserved>> judge(ChainObserved... chains) {
    return ChainCheck.judge(seen(), List.of(chains));
  }

  private ChainObserved chain(String id) {
    Instance instance = Harbour.instance(cluster, id);
    return new ChainObserved(
        instance.id(),
        new WalFileName("000000010000000000000002"),
        ObservedInstances.FILE,
        2,
        ObservedInstances.AT.bytesSince(ObservedInstances.REDO),
        List.of());
  }
}
