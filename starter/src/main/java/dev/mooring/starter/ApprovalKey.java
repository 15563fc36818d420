package dev.mooring.starter;

import dev.mooring.activities.host.Secrets;
import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.runbook.Decision;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The private key with which a person signs approvals and attested losses. */
final class ApprovalKey {
  private static final String WHAT = "approval key";
  private static final String VARIABLE = "MOORING_APPROVAL_KEY";

  private final Path file;

  private ApprovalKey(Path file) {
    this.file = file;
  }

  /**
   * The person's key: the file that is named, else that of MOORING_APPROVAL_KEY (set and empty: no
   * key), else ~/.config/mooring/approval.key if it exists.
   */
  static Optional<ApprovalKey> find(Optional<Path> named, Map<String, String> environment) {
    Optional<String> variable = Optional.ofNullable(environment.get(VARIABLE));
    Optional<Path> chosen =
        variable.isPresent()
            ? variable.filter(path -> !path.isEmpty()).map(Path::of)
            : Optional.of(usual(environment)).filter(Files::exists);
    return named.or(() -> chosen).map(Path::toAbsolutePath).map(ApprovalKey::new);
  }

  private static Path usual(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("HOME", "~"), ".config", "mooring", "approval.key");
  }

  /** Makes a person's key pair unless it exists; returns in one sentence what was found or done. */
  static String ensure(Path secret, Path known) throws IOException {
    if (!Files.exists(secret)) {
      return new KeyPairFiles(secret, List.of(known)).made();
    }
    if (!Files.exists(known)) {
      throw CommandFailure.refused(
          secret + " is there, and its public key " + known + " is not", publicHalf(secret, known));
    }
    try {
      String pem = new ApprovalKey(secret).pem();
      TrustedKeys half =
          TrustedKeys.parse(
              List.of(new TrustedKeys.KeyText(known.toString(), Files.readString(known))));
      return secret + " is there already, key " + SigningKey.parse(WHAT, pem, half).id();
    } catch (Secrets.Unusable e) {
      throw CommandFailure.refused(String.valueOf(e.getMessage()), "or name another file");
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(
          secret + " and " + known + " are not the two halves of one Ed25519 key",
          "name another file; or, if the private key is yours, " + publicHalf(secret, known));
    }
  }

  private static String publicHalf(Path secret, Path known) {
    return String.format(
        "make the public half of it: `openssl pkey -in %s -pubout -out %s`", secret, known);
  }

  private String pem() {
    return new Secrets(name -> Optional.empty()).text(WHAT, new SecretReference("file:" + file));
  }

  /** The signed decision. */
  Decision sign(Decision.Word word, ApprovalText text) {
    try {
      String signature = SigningKey.sign(WHAT + " " + file, pem(), text.bytes());
      return new Decision(
          word,
          word == Decision.Word.APPROVE ? text.decided().about() : "",
          text.by(),
          text.reason(),
          Optional.of(new Decision.Signed(signature, text.at())));
    } catch (Secrets.Unusable | IllegalArgumentException e) {
      throw CommandFailure.refused(
          String.valueOf(e.getMessage()),
          "`mooring setup --approval-key FILE` makes a key; `" + VARIABLE + "=` sends it unsigned");
    }
  }
}
