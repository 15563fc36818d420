package dev.mooring.fake;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;

/** What is so in a {@link FakeCluster}, whatever its ports say: what the laws are judged by. */
public final class Truth {
  private final FakeCluster world;

  Truth(FakeCluster world) {
    this.world = world;
  }

  /**
   * An instance of the consuming site.
   *
   * @param replayed the end of the last record it applied
   * @param takesWrites a client could write to it
   * @param target where Mooring last told it to stop, if it did
   */
  public record Copy(
      Instance instance,
      InstanceObserved observed,
      Lsn replayed,
      boolean takesWrites,
      Optional<ContentTarget> target) {}

  /** The instances of the consuming site. */
  public List<Copy> copies() {
    synchronized (world) {
      return world.cluster().instancesAt(Harbour.WEST).stream()
          .map(instance -> copy(instance, world.standby(instance.id())))
          .toList();
    }
  }

  private static Copy copy(Instance instance, FakeStandby standby) {
    return new Copy(
        instance,
        standby.observed(),
        standby.replayed(),
        standby.takesWrites(),
        standby.gate().map(gate -> gate.target()));
  }

  /** The instances of the publishing site that accept writes. */
  public List<Instance> primaries() {
    synchronized (world) {
      return world.cluster().instancesAt(Harbour.EAST).stream()
          .filter(i -> world.findPrimary(i.id()).filter(FakePrimary::running).isPresent())
          .toList();
    }
  }

  /** Whether the archive's bytes hold exactly one record of that point, ending where it says. */
  public boolean archiveHolds(RestorePointName name, ContentTarget target) {
    synchronized (world) {
      List<WalRecord> records =
          target.recordFiles().stream()
              .flatMap(file -> world.archive(target.content()).file(file).stream())
              .flatMap(file -> file.records().stream())
              .filter(record -> record.name().equals(name.value()))
              .toList();
      return records.size() == 1 && records.get(0).end().equals(target.lsn());
    }
  }

  /** The manifest LATEST names. */
  public Optional<Manifest> latest() {
    return world.latest();
  }

  /** The manifest of a point, READY. */
  public Optional<Manifest> published(RestorePointName name) {
    synchronized (world) {
      return world.store().published(name).map(FakeStore::believed);
    }
  }

  /** Where a site stands by its own account. */
  public Optional<SiteState> state(SiteName site) {
    return world.state(site);
  }

  /** Everything runs did, in order. */
  public List<Deed> deeds() {
    return world.deeds();
  }
}
