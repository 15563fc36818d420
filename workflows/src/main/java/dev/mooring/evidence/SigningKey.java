package dev.mooring.evidence;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * The private key that seals what this side writes. Its public half is always a trusted key, so a
 * writer can always read what it wrote.
 */
public final class SigningKey {
  private final PrivateKey key;
  private final String id;

  private SigningKey(PrivateKey key, String id) {
    this.key = key;
    this.id = id;
  }

  /**
   * Reads a private key.
   *
   * @param name its name in messages, such as its path; messages never contain the key
   * @param pem an Ed25519 key in PKCS#8 PEM, not encrypted
   * @param trusted must contain its public half
   */
  public static SigningKey parse(String name, String pem, TrustedKeys trusted) {
    PrivateKey key = read("signing key " + name, pem);
    byte[] probe = "which trusted key is this one's public half".getBytes(StandardCharsets.UTF_8);
    String id =
        trusted
            .signerOf(sign(key, probe), probe)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "signing key "
                            + name
                            + " is the private half of none of the trusted keys "
                            + trusted.ids()));
    return new SigningKey(key, id);
  }

  private static PrivateKey read(String what, String pem) {
    return Pem.key(
        what,
        "PRIVATE KEY",
        pem,
        (factory, der) -> factory.generatePrivate(new PKCS8EncodedKeySpec(der)));
  }

  /**
   * A person's signature, in base64; the verifier knows the public half.
   *
   * @param what the key in messages, which never contain it
   * @param pem an Ed25519 key in PKCS#8 PEM, not encrypted
   */
  public static String sign(String what, String pem, byte[] content) {
    return Base64.getEncoder().encodeToString(sign(read(what, pem), content));
  }

  public String id() {
    return id;
  }

  /** Seals these bytes; the same bytes always get the same seal. */
  public Seal seal(byte[] content) {
    return Seal.of(id, sign(key, content));
  }

  private static byte[] sign(PrivateKey key, byte[] content) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(content);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key that was read can sign", e);
    }
  }
}
