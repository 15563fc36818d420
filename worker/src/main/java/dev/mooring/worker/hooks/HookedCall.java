package dev.mooring.worker.hooks;

import dev.mooring.worker.hooks.HookFile.Hook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a call is from the caller that it names: the call brings the hook's token, or is signed
 * with its secret. Both are compared in constant time.
 */
final class HookedCall {
  /** Unix seconds at which a signed call was made. */
  static final String TIME = "X-Mooring-Timestamp";

  /** {@code sha256=} and the HMAC over the time stamp, a full stop and the body, in hexadecimal. */
  static final String SIGNATURE = "X-Mooring-Signature";

  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final String ALGORITHM = "HmacSHA256";
  private static final String BEGINS = "sha256=";
  private static final String BEARER = "Bearer ";

  private HookedCall() {}

  /**
   * Why it is refused, or nothing.
   *
   * @param authorization its header of that name, or empty
   */
  static Optional<String> bearerRefused(String secret, String authorization) {
    return authorization.startsWith(BEARER)
            && same(secret, authorization.substring(BEARER.length()).strip())
        ? Optional.empty()
        : Optional.of("the call does not bring the token of this hook");
  }

  /**
   * The same for a signed call, by its headers.
   *
   * @param time its header {@link #TIME}, or empty
   * @param signature its header {@link #SIGNATURE}, or empty
   */
  static Optional<String> headersRefused(String time, String signature, Instant now) {
    if (!time.matches("[0-9]{1,12}") || !signature.startsWith(BEGINS)) {
      return Optional.of(TIME + " must be Unix seconds, and " + SIGNATURE + " sha256=HEX");
    }
    Duration off = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now).abs();
    return off.compareTo(WINDOW) > 0
        ? Optional.of(TIME + " is more than 5 minutes from the time of this worker")
        : Optional.empty();
  }

  /** The same by its body, after its headers. */
  static Optional<String> signatureRefused(
      String secret, String time, String signature, byte[] body) {
    return same(BEGINS + hmac(secret, time, body), signature)
        ? Optional.empty()
        : Optional.of("the call is not signed with the secret of this hook");
  }

  static String hmac(String secret, String time, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes(secret), ALGORITHM));
      mac.update(bytes(time + "."));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean same(String expected, String brought) {
    return MessageDigest.isEqual(bytes(expected), bytes(brought));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a hook's calls bring a token, and none is signed. */
  static boolean bringsToken(Hook hook) {
    return !hook.bearer().isEmpty();
  }
}
