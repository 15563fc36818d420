package dev.mooring.starter.status;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SiteState;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Sightings;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.SiteEvidence;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.starter.look.Sight;
import dev.mooring.starter.temporal.RunListing.Listed;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.ServiceFacts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The cluster of the tests when all is well, 42 s after its point was made. */
final class Moored {
  static final Cluster CLUSTER = Harbour.cluster(2);
  static final Instant NOW = Sightings.MADE.plusSeconds(42);
  static final RestorePointName NEWER = new RestorePointName("sync_point_20261120_080500_bb");
  static final RestorePointName NEWEST = new RestorePointName("sync_point_20261120_081000_cc");

  private Moored() {}

  static StatusFacts facts() {
    return at(NOW, evidence(List.of(published(Sightings.POINT))), service(List.of(), false));
  }

  static StatusFacts at(Instant now, EvidenceFacts evidence, Sight<ServiceFacts> service) {
    return new StatusFacts(
        CLUSTER,
        now,
        new Sight.Seen<>(evidence),
        CLUSTER.instances().stream().map(Moored::seen).toList(),
        service);
  }

  static EvidenceFacts evidence(List<Shelved> manifests) {
    return new EvidenceFacts(
        Optional.of(intact(Sightings.manifest(CLUSTER))),
        manifests,
        List.of(
            new SiteEvidence(
                Harbour.WEST, Optional.of(intact(state())), Optional.of(Sightings.MADE))),
        List.of());
  }

  static EvidenceFacts neverMoored() {
    return new EvidenceFacts(
        Optional.of(intact(Sightings.manifest(CLUSTER))),
        List.of(published(Sightings.POINT)),
        List.of(new SiteEvidence(Harbour.WEST, Optional.empty(), Optional.empty())),
        List.of());
  }

  static Shelved published(RestorePointName name) {
    return new Shelved(name, Stage.PUBLISHED);
  }

  static Sight<ServiceFacts> service(List<String> openIds, boolean paused) {
    List<Listed> open =
        openIds.stream()
            .map(
                id ->
                    new Listed(
                        new RunReference(
                            id, "r", id.contains("consume") ? "DrConsume" : "PublishCycle"),
                        true,
                        NOW.minusSeconds(5),
                        "AWAIT_PARKED"))
            .toList();
    ServiceFacts.Standing schedule =
        new ServiceFacts.Standing(
            "mooring:harbour:publish",
            Duration.ofMinutes(5),
            paused,
            paused ? "night work" : "",
            paused ? Optional.empty() : Optional.of(NOW.plusSeconds(100)));
    return new Sight.Seen<>(new ServiceFacts("127.0.0.1:7233", open, List.of(schedule), List.of()));
  }

  static InstanceFacts seen(Instance instance) {
    boolean east = instance.site().equals(Harbour.EAST);
    return new InstanceFacts(
        instance,
        new Sight.Seen<>(east ? Sightings.primary(instance) : Sightings.standby(instance)),
        east
            ? new Sight.Seen<>(Sightings.server(instance))
            : new Sight.Unseen<>("connection refused", "", true),
        Epoch.NONE);
  }

  static InstanceFacts dark(Instance instance) {
    return new InstanceFacts(
        instance,
        new Sight.Unseen<>("host " + instance.host() + " does not answer", "check sshd", true),
        new Sight.Unseen<>("connection refused", "", true),
        Epoch.NONE);
  }

  /** The instance, started by somebody since it was proved. */
  static InstanceFacts touched(Instance instance) {
    InstanceObserved before = Sightings.standby(instance);
    return new InstanceFacts(
        instance,
        new Sight.Seen<>(
            new InstanceObserved(
                before.instance(),
                before.process(),
                before.control(),
                "cd".repeat(32),
                before.recovery(),
                before.pgWalFreeBytes())),
        new Sight.Unseen<>("connection refused", "", true),
        Epoch.NONE);
  }

  static StatusFacts withInstances(StatusFacts facts, List<InstanceFacts> instances) {
    return new StatusFacts(
        facts.cluster(), facts.now(), facts.evidence(), instances, facts.service());
  }

  static SiteState state() {
    return new SiteState(
        CLUSTER.name(),
        Harbour.WEST,
        Sightings.POINT,
        Sightings.MADE.plusSeconds(10),
        "run",
        CLUSTER.instancesAt(Harbour.WEST).stream()
            .map(
                i ->
                    new SiteState.ParkedInstance(
                        i.id(), i.content(), TimelineId.FIRST, Sightings.AT, "ab".repeat(32)))
            .toList());
  }

  static <T> Document<T> intact(T content) {
    return new Document.Intact<>(content, "ef".repeat(32), "0123456789abcdef");
  }
}
