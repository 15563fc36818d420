package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.starter.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyPairFilesTest {
  @TempDir Path directory = Path.of("set by JUnit");
  private Path secret = Path.of("set before each");
  private Path known = Path.of("set before each");

  @BeforeEach
  void prepare() {
    secret = directory.resolve("signing.pem");
    known = directory.resolve("signing.pub");
  }

  private String ensure() {
    return new KeyPairFiles(secret, List.of(known)).ensure();
  }

  private void refused(String fact, String remedy) {
    assertThatThrownBy(this::ensure)
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure -> {
              assertThat(failure).hasMessageContaining(fact);
              assertThat(failure.hint()).contains(remedy);
            });
  }

  @Test
  void a_pair_is_made_once_and_leaves_nothing_else() throws IOException {
    assertThat(ensure()).isEqualTo("made " + secret + " (0600) and " + known);
    byte[] made = Files.readAllBytes(secret);

    assertThat(ensure()).startsWith(secret + " is there already, and its public half ");
    assertThat(Files.readAllBytes(secret)).isEqualTo(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("signing.pem", "signing.pub");
  }

  @Test
  void what_an_attempt_left_that_a_full_disk_ended_is_replaced() throws IOException {
    Files.createFile(directory.resolve("signing.pem.new"));
    Files.createFile(directory.resolve("signing.pub.new"));

    assertThat(ensure()).startsWith("made ");
    assertThat(ensure()).contains("is there already");
  }

  @Test
  void an_empty_private_key_is_not_called_one() throws IOException {
    Files.createFile(secret);

    refused(secret + " is there and empty", "take it away");
  }

  @Test
  void a_private_key_without_its_public_half_is_named_with_how_to_make_that() throws IOException {
    ensure();
    Files.delete(known);

    refused(
        "its public key " + known + " is not",
        "`openssl pkey -in " + secret + " -pubout -out " + known + "`");
  }

  @Test
  void a_public_key_that_is_empty_or_another_ones_is_told() throws IOException {
    ensure();
    String own = Files.readString(known);
    Files.writeString(known, "");
    refused("trusted key " + known + " must be one PEM block", "-pubout` shows the public half");

    Files.delete(secret);
    Files.delete(known);
    ensure();
    Files.writeString(known, own);
    refused("is the private half of none of the trusted keys", "-pubout` shows the public half");
  }

  @Test
  void the_public_half_may_be_any_of_the_trusted_keys() {
    ensure();
    Path other = directory.resolve("other.pub");
    new KeyPairFiles(directory.resolve("other.pem"), List.of(other)).ensure();

    assertThat(new KeyPairFiles(secret, List.of(other, known)).ensure()).contains("is trusted");
  }

  @Test
  void a_public_key_without_its_private_half_is_left_alone() throws IOException {
    ensure();
    Files.delete(secret);

    refused("its private key " + secret + " is not", "bring the private key back");
    assertThat(known).exists();
  }

  @Test
  void a_directory_that_is_not_there_is_named() {
    secret = directory.resolve("nowhere/signing.pem");

    refused("there is no directory for " + secret, "make it");
  }
}
