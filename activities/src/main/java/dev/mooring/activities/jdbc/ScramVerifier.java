package dev.mooring.activities.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server keeps of a password (RFC 5803, PostgreSQL's scram-common.c): {@code
 * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}. Whoever reads it can't log in with it.
 */
final class ScramVerifier {
  private static final String SCHEME = "SCRAM-SHA-256";
  private static final int ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;
  private static final SecureRandom RANDOM = new SecureRandom();

  private ScramVerifier() {}

  /** A verifier of its own salt. */
  static String of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return of(password, ITERATIONS, salt);
  }

  /** Whether a verifier is that password's; of another scheme it is not. */
  static boolean matches(String verifier, String password) {
    String[] parts = verifier.split("[$:]", -1);
    if (parts.length != 5 || !parts[0].equals(SCHEME) || !parts[1].matches("[0-9]{1,8}")) {
      return false;
    }
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    return MessageDigest.isEqual(
        of(password, Integer.parseInt(parts[1]), salt).getBytes(StandardCharsets.US_ASCII),
        verifier.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * SASLprep leaves printable ASCII as it is.
   *
   * @throws IllegalArgumentException for any other character
   */
  static String of(String password, int iterations, byte[] salt) {
    if (!password.matches("[ -~]+")) {
      throw new IllegalArgumentException(
          "the replication password must be one line of printable ASCII characters");
    }
    try {
      SecretKeyFactory hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
      byte[] salted =
          hash.generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS))
              .getEncoded();
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(signed(salted, "Client Key"));
      byte[] server = signed(salted, "Server Key");
      Arrays.fill(salted, (byte) 0);
      Base64.Encoder text = Base64.getEncoder();
      return SCHEME
          + "$"
          + iterations
          + ":"
          + text.encodeToString(salt)
          + "$"
          + text.encodeToString(stored)
          + ":"
          + text.encodeToString(server);
    } catch (GeneralSecurityException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static byte[] signed(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }
}
