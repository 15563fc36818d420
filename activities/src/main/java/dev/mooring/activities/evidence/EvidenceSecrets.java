package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Resolves secret references at the moment of use; a secret file must be its owner's alone. */
final class EvidenceSecrets {
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";

  private final Function<String, Optional<String>> environment;

  EvidenceSecrets(Function<String, Optional<String>> environment) {
    this.environment = environment;
  }

  /**
   * @param what how messages call the secret
   */
  String text(String what, SecretReference secret) {
    String reference = secret.text();
    if (reference.startsWith(ENVIRONMENT)) {
      return environment
          .apply(reference.substring(ENVIRONMENT.length()))
          .orElseThrow(() -> unusable(what + " " + reference + " is not set for the worker"));
    }
    if (reference.startsWith(FILE)) {
      return readPrivate(what, Path.of(reference.substring(FILE.length())));
    }
    throw unusable(what + " must be file:PATH or env:NAME, got " + reference);
  }

  private static String readPrivate(String what, Path file) {
    String text = read(what, file);
    try {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (!mode.endsWith("------")) {
        throw unusable(what + " " + file + " has mode " + mode + ", must be rw------- or less");
      }
    } catch (IOException e) {
      throw unusable(what + " " + file + " can't be looked at: " + e);
    }
    return text;
  }

  static String read(String what, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw unusable(what + " " + file + " can't be read: " + e);
    }
  }

  static ApplicationFailure unusable(@Nullable String fact) {
    return EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, String.valueOf(fact));
  }
}
