package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.runbook.Decision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");

  /** Neither Temporal nor a cluster file is needed. */
  @Test
  void a_persons_key_is_made_and_printed_as_the_cluster_file_wants_it() throws IOException {
    Path secret = directory.resolve("own").resolve("approval.key");
    Said made = Said.by("setup", "--approval-key=" + secret);
    String key = Files.readAllLines(secret.resolveSibling("approval.pub")).get(1);

    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.out()).containsPattern("(?m)^  - \\{name: \\S+, key: " + Pattern.quote(key));
    assertThat(ApprovalText.keyId(key)).hasSize(16);

    ApprovalText text =
        new ApprovalText(
            "strait", "run", "1", Decided.approval("4f2a91c0"), "anna", "seen", Instant.EPOCH);
    Decision signed =
        key(Optional.of(secret), Map.of()).orElseThrow().sign(Decision.Word.APPROVE, text);
    assertThat(text.signedWith(key, signed.signed().orElseThrow().signature())).isPresent();
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(
            () ->
                key(Optional.of(secret), Map.of()).orElseThrow().sign(Decision.Word.APPROVE, text))
        .hasMessageContaining("has mode rw-r-----");
  }

  @Test
  void a_persons_key_that_is_there_must_be_private_and_fit_its_public_half() throws IOException {
    Path secret = directory.resolve("approval.key");
    Path known = directory.resolve("approval.pub");
    String typed = "--approval-key=" + secret;
    Said made = Said.by("setup", typed);
    String line = made.out().substring(made.out().indexOf("  - "));
    assertThat(Said.by("setup", typed).out()).contains("is there already", line);

    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
    Said open = Said.by("setup", typed);
    assertThat(open.status()).isNotZero();
    assertThat(open.err()).contains("approval key " + secret + " has mode rw-r-----");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

    Files.writeString(known, SampleKeys.PUBLIC);
    Said other = Said.by("setup", typed);
    assertThat(other.status()).isNotZero();
    assertThat(other.err()).contains("are not the two halves").doesNotContain("trustedKeys");
  }

  private static Optional<ApprovalKey> key(Optional<Path> named, Map<String, String> environment) {
    return ApprovalKey.find(named, environment);
  }

  @Test
  void a_key_is_named_or_the_environments_or_the_persons_own() throws IOException {
    Map<String, String> home = Map.of("HOME", directory.toString());
    assertThat(key(Optional.empty(), home)).isEmpty();
    Path own = directory.resolve(".config").resolve("mooring").resolve("approval.key");
    Files.createDirectories(own.resolveSibling("."));
    Files.createFile(own);
    assertThat(key(Optional.empty(), home)).isPresent();
    String variable = "MOORING_APPROVAL_KEY";
    assertThat(key(Optional.empty(), Map.of(variable, "/elsewhere"))).isPresent();
    assertThat(key(Optional.empty(), Map.of("HOME", directory.toString(), variable, ""))).isEmpty();
    assertThat(key(Optional.of(own), Map.of(variable, ""))).isPresent();
  }

  /** Temporal is not asked: there is none. */
  @Test
  void a_new_pair_is_made_beside_the_one_in_use_which_stays() throws IOException {
    SampleEvidence.in(directory);
    String inUse = Files.readString(directory.resolve("signing.pem"));
    Path secret = directory.resolve("next.pem");
    Path known = directory.resolve("next.pub");
    String command = "--new-key=" + secret;

    Said made = Said.by("setup", "harbour", command, "--config-dir", directory.toString());
    byte[] first = Files.readAllBytes(secret);
    Said again = Said.by("setup", "harbour", command, "--config-dir", directory.toString());

    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.out())
        .contains("new key: made " + secret + " (0600) and " + known)
        .contains("next: bring " + known + " to every site");
    assertThat(again.out()).contains(secret + " is there already, and its public half ");
    assertThat(Files.readAllBytes(secret)).isEqualTo(first);
    assertThat(Files.readString(directory.resolve("signing.pem"))).isEqualTo(inUse);
    TrustedKeys trusted =
        TrustedKeys.parse(List.of(new TrustedKeys.KeyText("next", Files.readString(known))));
    assertThat(SigningKey.parse("next", Files.readString(secret), trusted).id())
        .isEqualTo(trusted.ids().get(0));
  }
}
