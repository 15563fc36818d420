package dev.mooring.dev.contract;

import dev.mooring.activities.evidence.EvidenceStores;
import dev.mooring.activities.evidence.StoreEvidenceActivities;
import dev.mooring.activities.evidence.StoreManifestActivities;
import dev.mooring.activities.evidence.StoreReceiptActivities;
import dev.mooring.activities.host.Hosts;
import dev.mooring.contract.EvidenceHands;
import dev.mooring.contract.EvidenceWorld;
import dev.mooring.contract.Limit;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.EvidencePolicy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Evidence in stores of one kind. Who writes manifests has the store itself; who looks goes by the
 * policy, which may read them through a web server or commands.
 */
final class StoreWorld implements EvidenceWorld {
  private final EvidenceStores stores;
  private final Hosts hosts = new Hosts(Limit.seconds(1));
  private final Function<String, Optional<String>> environment;
  private final Supplier<Made> empty;
  private final StoreHands hands;
  private Made made;

  /**
   * Stores with nothing in them.
   *
   * @param directories where each keeps its files
   */
  record Made(EvidencePolicy policy, List<Path> directories) {
    Made {
      directories = List.copyOf(directories);
    }
  }

  StoreWorld(
      EvidenceStores stores,
      Function<String, Optional<String>> environment,
      Path trustedKey,
      Supplier<Made> empty) {
    this.stores = stores;
    this.environment = environment;
    this.empty = empty;
    this.made = empty.get();
    this.hands = new StoreHands(() -> made.directories(), trustedKey);
  }

  private static EvidencePolicy withoutReaders(EvidencePolicy policy) {
    return new EvidencePolicy(
        policy.store(),
        policy.signingKey(),
        policy.trustedKeyFiles(),
        List.of(),
        policy.furtherStores(),
        policy.writes());
  }

  @Override
  public ManifestActivities manifests() {
    return new StoreManifestActivities(
        policy -> stores.open(withoutReaders(policy)), hosts, environment);
  }

  @Override
  public ReceiptActivities receipts() {
    return new StoreReceiptActivities(stores, hosts, environment, Clock.systemUTC());
  }

  @Override
  public EvidenceActivities evidenceSeen() {
    return new StoreEvidenceActivities(stores, hosts, environment);
  }

  @Override
  public EvidencePolicy evidence() {
    return made.policy();
  }

  @Override
  public void emptyStore() {
    made = empty.get();
  }

  @Override
  public EvidenceHands hands() {
    return hands;
  }
}
