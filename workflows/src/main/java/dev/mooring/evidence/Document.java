package dev.mooring.evidence;

import java.util.function.Function;

/**
 * A document of the evidence store after reading: either intact, byte for byte as it was sealed, or
 * refused. There is nothing between.
 *
 * @param <T> its content
 */
public sealed interface Document<T> {

  /** The bytes of a document; a longer one is refused, and its readers read one byte more. */
  int BYTES_AT_MOST = 16 << 20;

  /**
   * Every byte is as a trusted key sealed it, and every field is known.
   *
   * @param content its content
   * @param sha256 the digest of its bytes
   * @param keyId the key that sealed it
   */
  record Intact<T>(T content, String sha256, String keyId) implements Document<T> {
    @Override
    public <R> R match(Function<Intact<T>, R> intact, Function<Refused<T>, R> refused) {
      return intact.apply(this);
    }
  }

  /**
   * Not trusted.
   *
   * @param fault the kind of fault
   * @param reason the fact, naming the field if one is at fault
   */
  record Refused<T>(Fault fault, String reason) implements Document<T> {
    @Override
    public <R> R match(Function<Intact<T>, R> intact, Function<Refused<T>, R> refused) {
      return refused.apply(this);
    }
  }

  enum Fault {
    /**
     * The document can't be understood: no JSON, a later format, a field that is unknown, missing
     * or odd.
     */
    UNREADABLE,
    /** The document is not as it was sealed, or no trusted key sealed it. */
    SEAL_BROKEN,
    /** Another tool wrote it without a seal. */
    FOREIGN
  }

  /** One answer per variant. */
  <R> R match(Function<Intact<T>, R> intact, Function<Refused<T>, R> refused);
}
