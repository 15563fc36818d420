package dev.mooring.evidence;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** The public keys whose signatures are trusted. They never expire; they are removed by hand. */
public final class TrustedKeys {
  private static final int ID_LENGTH = 16;

  private final List<TrustedKey> keys;

  private record TrustedKey(String id, PublicKey key) {}

  private TrustedKeys(List<TrustedKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * One file with a key.
   *
   * @param name its name in messages, such as its path
   * @param pem an X.509 public key in PEM
   */
  public record KeyText(String name, String pem) {}

  /** Reads the keys; at least one, none unreadable, each an Ed25519 key. */
  public static TrustedKeys parse(List<KeyText> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("at least one trusted key is needed, got none");
    }
    return new TrustedKeys(texts.stream().map(TrustedKeys::parse).toList());
  }

  private static TrustedKey parse(KeyText text) {
    PublicKey key =
        Pem.key(
            "trusted key " + text.name(),
            "PUBLIC KEY",
            text.pem(),
            (factory, der) -> factory.generatePublic(new X509EncodedKeySpec(der)));
    return new TrustedKey(Sha256.of(key.getEncoded()).substring(0, ID_LENGTH), key);
  }

  /** The ids of the keys, in the order they were given. */
  public List<String> ids() {
    return keys.stream().map(TrustedKey::id).toList();
  }

  /** Why the seal of those bytes is not trusted; empty if it is. */
  public Optional<String> doubtAbout(Seal seal, byte[] signed) {
    Optional<TrustedKey> key = keys.stream().filter(k -> k.id().equals(seal.keyId())).findFirst();
    if (key.isEmpty()) {
      return Optional.of("signed by key " + seal.keyId() + ", trusted are " + ids());
    }
    return holds(key.get(), seal.signature(), signed)
        ? Optional.empty()
        : Optional.of("the signature of key " + seal.keyId() + " does not fit the content");
  }

  /** The id of the key that made a signature. */
  Optional<String> signerOf(byte[] signature, byte[] signed) {
    return keys.stream().filter(k -> holds(k, signature, signed)).map(TrustedKey::id).findFirst();
  }

  private static boolean holds(TrustedKey key, byte[] signature, byte[] signed) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key.key());
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }
}
