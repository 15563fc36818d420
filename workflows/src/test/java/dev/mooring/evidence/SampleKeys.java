package dev.mooring.evidence;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The key pairs of RFC 8032, section 7.1: known to everybody, so they protect nothing. */
public final class SampleKeys {
  /** Test 1. */
  public static final String PRIVATE =
      privatePem("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

  public static final String PUBLIC =
      publicPem("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  /** Test 2. */
  public static final String OTHER_PRIVATE =
      privatePem("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");

  public static final String OTHER_PUBLIC =
      publicPem("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  private static final TrustedKeys TRUSTED = trusting(PUBLIC);
  private static final SigningKey SIGNING =
      SigningKey.parse("/etc/mooring/signing.pem", PRIVATE, TRUSTED);

  private SampleKeys() {}

  public static TrustedKeys trusted() {
    return TRUSTED;
  }

  public static TrustedKeys trusting(String... publicPems) {
    return TrustedKeys.parse(
        List.of(publicPems).stream()
            .map(pem -> new TrustedKeys.KeyText("/etc/mooring/signing.pub", pem))
            .toList());
  }

  public static SigningKey signing() {
    return SIGNING;
  }

  /** A key that {@link #trusted} does not hold. */
  public static SigningKey stranger() {
    return SigningKey.parse("/tmp/stranger.pem", OTHER_PRIVATE, trusting(OTHER_PUBLIC));
  }

  private static String privatePem(String seed) {
    return pem("PRIVATE KEY", "302e020100300506032b657004220420" + seed);
  }

  private static String publicPem(String point) {
    return pem("PUBLIC KEY", "302a300506032b6570032100" + point);
  }

  private static String pem(String label, String der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(der))
        + "\n-----END "
        + label
        + "-----\n";
  }
}
