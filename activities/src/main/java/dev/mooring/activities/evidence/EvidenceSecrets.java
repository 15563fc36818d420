package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Secrets and keys of the evidence; a secret that can't be read is a failure of the evidence. */
final class EvidenceSecrets {
  private final Secrets secrets;

  EvidenceSecrets(Function<String, Optional<String>> environment) {
    this.secrets = new Secrets(environment);
  }

  /**
   * @param what the name of the secret in messages
   */
  String text(String what, SecretReference secret) {
    return usable(() -> secrets.text(what, secret));
  }

  static String read(String what, Path file) {
    return usable(() -> Secrets.readBelieved(what, file));
  }

  static <T> T usable(Supplier<T> having) {
    try {
      return having.get();
    } catch (Secrets.Unusable e) {
      throw unusable(e.getMessage());
    }
  }

  static ApplicationFailure unusable(@Nullable String fact) {
    return EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, String.valueOf(fact));
  }
}
