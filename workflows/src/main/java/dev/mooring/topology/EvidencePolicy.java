package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where evidence is kept, the key that signs it and the trusted keys.
 *
 * @param store where manifests, receipts and states are kept
 * @param signingKey reference to the Ed25519 private key (PKCS#8 PEM)
 * @param trustedKeyFiles paths of the trusted Ed25519 public keys (X.509 PEM)
 * @param readers the sites that read manifests elsewhere than in the store, sorted
 * @param furtherStores stores that keep the same as the store
 * @param writes in how many of all the stores a write must arrive; 0 if the store is alone
 */
public record EvidencePolicy(
    EvidenceStore store,
    SecretReference signingKey,
    List<String> trustedKeyFiles,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Reader> readers,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<EvidenceStore> furtherStores,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int writes) {
  public EvidencePolicy {
    trustedKeyFiles = List.copyOf(trustedKeyFiles);
    readers = List.copyOf(readers);
    furtherStores = List.copyOf(furtherStores);
  }

  /** The same for all sites. */
  public EvidencePolicy(
      EvidenceStore store, SecretReference signingKey, List<String> trustedKeyFiles) {
    this(store, signingKey, trustedKeyFiles, List.of(), List.of(), 0);
  }

  /** A site that reads manifests elsewhere. */
  public record Reader(SiteName site, ManifestSource source) {}

  /** Whether the site of this policy reads manifests that another tool wrote without a seal. */
  @JsonIgnore
  public boolean readsForeign() {
    return readers.stream().anyMatch(r -> r.source() instanceof ManifestSource.WhpgDrSync);
  }

  /** For each store, in the order of the cluster file, the policy with it alone. */
  public List<EvidencePolicy> oneByOne() {
    return Stream.concat(Stream.of(store), furtherStores.stream())
        .map(one -> new EvidencePolicy(one, signingKey, trustedKeyFiles, readers, List.of(), 0))
        .toList();
  }

  /** The policy of that site: its readers are the site alone, if it is a reader. */
  public EvidencePolicy at(SiteName site) {
    return new EvidencePolicy(
        store,
        signingKey,
        trustedKeyFiles,
        readers.stream().filter(reader -> reader.site().equals(site)).toList(),
        furtherStores,
        writes);
  }
}
