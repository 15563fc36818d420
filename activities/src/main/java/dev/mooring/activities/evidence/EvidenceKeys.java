package dev.mooring.activities.evidence;

import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the keys of a policy at the moment of use, so that a changed key needs no restart. */
final class EvidenceKeys {
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";

  private final Function<String, Optional<String>> environment;

  EvidenceKeys(Function<String, Optional<String>> environment) {
    this.environment = environment;
  }

  TrustedKeys trusted(EvidencePolicy policy) {
    List<TrustedKeys.KeyText> texts =
        policy.trustedKeyFiles().stream()
            .map(file -> new TrustedKeys.KeyText(file, read("trusted key", Path.of(file))))
            .toList();
    try {
      return TrustedKeys.parse(texts);
    } catch (IllegalArgumentException e) {
      throw unusable(e.getMessage());
    }
  }

  SigningKey signing(EvidencePolicy policy, TrustedKeys trusted) {
    SecretReference reference = policy.signingKey();
    try {
      return SigningKey.parse(reference.text(), pem(reference.text()), trusted);
    } catch (IllegalArgumentException e) {
      throw unusable(e.getMessage());
    }
  }

  private String pem(String reference) {
    if (reference.startsWith(ENVIRONMENT)) {
      return environment
          .apply(reference.substring(ENVIRONMENT.length()))
          .orElseThrow(() -> unusable("signing key " + reference + " is not set for the worker"));
    }
    if (reference.startsWith(FILE)) {
      return readPrivate(Path.of(reference.substring(FILE.length())));
    }
    throw unusable("signing key must be file:PATH or env:NAME, got " + reference);
  }

  private static String readPrivate(Path file) {
    String pem = read("signing key", file);
    try {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (!mode.endsWith("------")) {
        throw unusable("signing key " + file + " has mode " + mode + ", must be rw------- or less");
      }
    } catch (IOException e) {
      throw unusable("signing key " + file + " can't be looked at: " + e);
    }
    return pem;
  }

  private static String read(String what, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw unusable(what + " " + file + " can't be read: " + e);
    }
  }

  private static ApplicationFailure unusable(@Nullable String fact) {
    return EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, String.valueOf(fact));
  }
}
