package dev.mooring.evidence;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a key, as {@code openssl genpkey} and {@code openssl pkey -pubout} write it. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "\\s*-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END ([A-Z0-9 ]+)-----\\s*");
  private static final List<String> OTHER_ALGORITHMS =
      List.of("Ed448", "RSA", "EC", "X25519", "X448", "DSA", "RSASSA-PSS");

  private Pem() {}

  /** Reads the one key of a text; its DER bytes are turned into a key by {@code read}. */
  static <K extends Key> K key(String what, String label, String pem, Reading<K> read) {
    byte[] der = der(what, label, pem);
    try {
      return read.key(KeyFactory.getInstance("Ed25519"), der);
    } catch (GeneralSecurityException notEd25519) {
      throw new IllegalArgumentException(
          algorithmOf(der, read)
              .map(other -> what + " must be an Ed25519 key, got " + other)
              .orElse(what + " holds a " + label + " block that is no key: damaged?"),
          notEd25519);
    }
  }

  /** Turns DER bytes into a key of one algorithm. */
  @FunctionalInterface
  interface Reading<K> {
    K key(KeyFactory factory, byte[] der) throws GeneralSecurityException;
  }

  private static byte[] der(String what, String label, String pem) {
    Matcher block = BLOCK.matcher(pem);
    if (!block.matches()) {
      throw new IllegalArgumentException(
          what + " must be one PEM block '-----BEGIN " + label + "-----' and nothing else");
    }
    if (!block.group(1).equals(label) || !block.group(3).equals(label)) {
      throw new IllegalArgumentException(
          what + " must be a PEM block " + label + ", got " + block.group(1));
    }
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException notBase64) {
      throw new IllegalArgumentException(
          what + " holds a " + label + " block that is not base64", notBase64);
    }
  }

  private static Optional<String> algorithmOf(byte[] der, Reading<?> read) {
    return OTHER_ALGORITHMS.stream().filter(name -> reads(name, der, read)).findFirst();
  }

  private static boolean reads(String algorithm, byte[] der, Reading<?> read) {
    try {
      read.key(KeyFactory.getInstance(algorithm), der);
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }
}
