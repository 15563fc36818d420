package dev.mooring.activities.evidence;

import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.SecretReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds the keys of a policy when they are used, so that a changed key needs no restart. */
final class EvidenceKeys {
  private final EvidenceSecrets secrets;

  EvidenceKeys(Function<String, Optional<String>> environment) {
    this.secrets = new EvidenceSecrets(environment);
  }

  TrustedKeys trusted(EvidencePolicy policy) {
    List<TrustedKeys.KeyText> texts =
        policy.trustedKeyFiles().stream()
            .map(
                file ->
                    new TrustedKeys.KeyText(
                        file, EvidenceSecrets.read("trusted key", Path.of(file))))
            .toList();
    try {
      return TrustedKeys.parse(texts);
    } catch (IllegalArgumentException e) {
      throw EvidenceSecrets.unusable(e.getMessage());
    }
  }

  SigningKey signing(EvidencePolicy policy, TrustedKeys trusted) {
    SecretReference reference = policy.signingKey();
    try {
      return SigningKey.parse(reference.text(), secrets.text("signing key", reference), trusted);
    } catch (IllegalArgumentException e) {
      throw EvidenceSecrets.unusable(e.getMessage());
    }
  }
}
