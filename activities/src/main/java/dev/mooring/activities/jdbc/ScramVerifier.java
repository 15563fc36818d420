package dev.mooring.activities.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.postgresql.util.PasswordUtil;

/**
 * The verifier that a server stores for a password (RFC 5803, PostgreSQL's scram-common.c): {@code
 * SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}. A reader of it can't log in with it.
 */
final class ScramVerifier {
  private static final String SCHEME = "SCRAM-SHA-256";

  private ScramVerifier() {}

  /**
   * A verifier of its own salt.
   *
   * @throws IllegalArgumentException for a password that is not printable ASCII
   */
  static String of(String password) {
    return PasswordUtil.encodeScramSha256(checked(password));
  }

  /** Whether a verifier is that password's; false for another scheme. */
  static boolean matches(String verifier, String password) {
    String[] parts = verifier.split("[$:]", -1);
    if (parts.length != 5 || !parts[0].equals(SCHEME) || !parts[1].matches("[0-9]{1,8}")) {
      return false;
    }
    byte[] salt = Base64.getDecoder().decode(parts[2]);
    String same =
        PasswordUtil.encodeScramSha256(checked(password), Integer.parseInt(parts[1]), salt);
    return MessageDigest.isEqual(
        same.getBytes(StandardCharsets.US_ASCII), verifier.getBytes(StandardCharsets.US_ASCII));
  }

  /** SASLprep leaves printable ASCII as it is. */
  private static char[] checked(String password) {
    if (!password.matches("[ -~]+")) {
      throw new IllegalArgumentException(
          "the replication password must be one line of printable ASCII characters");
    }
    return password.toCharArray();
  }
}
