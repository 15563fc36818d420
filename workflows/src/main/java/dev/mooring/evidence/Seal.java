package dev.mooring.evidence;

import java.util.Base64;

/**
 * An Ed25519 signature under a document.
 *
 * @param keyId its key: the first 16 hexadecimal digits of the SHA-256 of the public half
 * @param value the signature, 64 bytes in base64
 */
public record Seal(String keyId, String value) {
  public static final String ALGORITHM = "ed25519";

  private static final int BYTES = 64;

  public Seal {
    if (!keyId.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException(
          "key id must be 16 hexadecimal digits in lower case, got '" + keyId + "'");
    }
    bytes(value);
  }

  /** The bytes of a signature in base64; in any other spelling it is refused. */
  public static byte[] bytes(String value) {
    byte[] signature = Base64.getDecoder().decode(value);
    if (signature.length != BYTES || !Base64.getEncoder().encodeToString(signature).equals(value)) {
      throw new IllegalArgumentException(
          "a signature is " + BYTES + " bytes in base64, got '" + value + "'");
    }
    return signature;
  }

  static Seal of(String keyId, byte[] signature) {
    return new Seal(keyId, Base64.getEncoder().encodeToString(signature));
  }

  byte[] signature() {
    return Base64.getDecoder().decode(value);
  }
}
