package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest {
  private static final byte[] CONTENT = "moored".getBytes(StandardCharsets.UTF_8);

  @Test
  void a_trusted_keys_seal_is_believed() {
    Seal seal = SampleKeys.signing().seal(CONTENT);
    assertThat(SampleKeys.trusted().doubtAbout(seal, CONTENT)).isEmpty();
    assertThat(SampleKeys.signing().seal(CONTENT)).isEqualTo(seal);
  }

  @Test
  void the_key_id_is_the_beginning_of_the_digest_of_the_public_key() {
    byte[] der = Base64.getMimeDecoder().decode(SampleKeys.PUBLIC.replaceAll("-----.*-----", ""));
    assertThat(SampleKeys.signing().id())
        .isEqualTo(Sha256.of(der).substring(0, 16))
        .isEqualTo(SampleKeys.trusted().ids().get(0));
  }

  @Test
  void other_content_under_a_seal_is_doubted() {
    Seal seal = SampleKeys.signing().seal(CONTENT);
    assertThat(SampleKeys.trusted().doubtAbout(seal, new byte[] {1}))
        .hasValue("the signature of key " + seal.keyId() + " does not fit the content");
  }

  @Test
  void a_strangers_seal_is_doubted_naming_both_keys() {
    Seal seal = SampleKeys.stranger().seal(CONTENT);
    assertThat(SampleKeys.trusted().doubtAbout(seal, CONTENT))
        .hasValue(
            "signed by key "
                + SampleKeys.stranger().id()
                + ", trusted are ["
                + SampleKeys.signing().id()
                + "]");
  }

  @Test
  void a_signing_key_that_nobody_would_believe_is_refused() {
    assertThatThrownBy(
            () ->
                SigningKey.parse(
                    "/etc/mooring/signing.pem",
                    SampleKeys.PRIVATE,
                    SampleKeys.trusting(SampleKeys.OTHER_PUBLIC)))
        .hasMessageContaining("signing key /etc/mooring/signing.pem is the private half of none");
  }

  @ParameterizedTest
  @CsvSource({"RSA,RSA", "EC,EC", "Ed448,Ed448", "X25519,X25519"})
  void a_key_of_another_algorithm_is_named(String generated, String named) throws Exception {
    byte[] der = KeyPairGenerator.getInstance(generated).generateKeyPair().getPublic().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    assertThatThrownBy(() -> SampleKeys.trusting(pem))
        .hasMessage("trusted key /etc/mooring/signing.pub must be an Ed25519 key, got " + named);
  }

  @Test
  void what_is_no_public_key_is_named() {
    assertThatThrownBy(() -> SampleKeys.trusting(SampleKeys.PRIVATE))
        .hasMessage(
            "trusted key /etc/mooring/signing.pub must be a PEM block PUBLIC KEY, got PRIVATE KEY");
    assertThatThrownBy(() -> SampleKeys.trusting("ssh-ed25519 AAAA"))
        .hasMessageContaining("must be one PEM block '-----BEGIN PUBLIC KEY-----'");
    assertThatThrownBy(
            () -> SampleKeys.trusting("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"))
        .hasMessageContaining("that is no key: damaged?");
    assertThatThrownBy(() -> TrustedKeys.parse(List.of()))
        .hasMessage("at least one trusted key is needed, got none");
  }

  @Test
  void a_damaged_private_key_never_shows_in_the_message() {
    String damaged = SampleKeys.PRIVATE.replace("MC4C", "MC4D");
    assertThatThrownBy(() -> SigningKey.parse("k.pem", damaged, SampleKeys.trusted()))
        .hasMessageStartingWith("signing key k.pem")
        .hasMessageNotContaining(damaged.lines().skip(1).findFirst().orElseThrow());
  }

  @Test
  void a_seal_is_spelled_in_one_way_only() {
    Seal seal = SampleKeys.signing().seal(CONTENT);
    int last = seal.value().length() - 3;
    char twin = (char) (seal.value().charAt(last) + 1);
    String respelled = seal.value().substring(0, last) + twin + "==";
    assertThat(Base64.getDecoder().decode(respelled))
        .isEqualTo(Base64.getDecoder().decode(seal.value()));
    assertThatThrownBy(() -> new Seal(seal.keyId(), respelled))
        .hasMessageContaining("a signature is 64 bytes in base64");
    assertThatThrownBy(() -> new Seal("XYZ", seal.value())).hasMessageContaining("key id must be");
  }
}
