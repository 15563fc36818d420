package dev.mooring.topology;

import java.util.List;

/**
 * Where evidence is kept, what signs it and whose signatures are believed.
 *
 * @param store where manifests, receipts and states are kept
 * @param signingKey reference to the Ed25519 private key (PKCS#8 PEM)
 * @param trustedKeyFiles paths of the Ed25519 public keys (X.509 PEM) that are believed
 */
public record EvidencePolicy(
    EvidenceStore store, SecretReference signingKey, List<String> trustedKeyFiles) {
  public EvidencePolicy {
    trustedKeyFiles = List.copyOf(trustedKeyFiles);
  }
}
