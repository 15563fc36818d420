package dev.mooring.runbook;

import dev.mooring.evidence.Seal;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A person's decision about a run.
 *
 * @param word what is decided
 * @param digest the plan that it approves, or empty
 * @param by who decided
 * @param reason why
 * @param signed the person's signature of an approval or an attested loss; empty without one
 */
public record Decision(
    Word word, String digest, String by, String reason, Optional<Signed> signed) {

  /** Without a signature. */
  public Decision(Word word, String digest, String by, String reason) {
    this(word, digest, by, reason, Optional.empty());
  }

  /**
   * A signature of {@link dev.mooring.evidence.ApprovalText}.
   *
   * @param signature 64 bytes in base64
   * @param at when it was signed
   */
  public record Signed(String signature, Instant at) {}

  /** The words of a decision. */
  public enum Word {
    APPROVE,
    REJECT,
    RETRY,
    ROLL_BACK,
    GIVE_UP;

    /**
     * Whether it can give a second writer or discard data. Such a decision needs the signatures and
     * the number of persons that the cluster file asks for.
     *
     * @param attests whether a roll-back attests a loss: what can't be observed is done then
     */
    public boolean needsAuthority(boolean attests) {
      return switch (this) {
        case APPROVE -> true;
        case ROLL_BACK -> attests;
        case REJECT, RETRY, GIVE_UP -> false;
      };
    }

    /** The word as it is typed. */
    public String typed() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Reads a typed decision; reports all its errors in one failure. */
  public static Decision of(RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    Word word = reader.required("decision", RequestReader.oneOf(Word.class), Word.REJECT);
    String by = reader.required("by", Decision::named, "");
    String digest = reader.optional("digest", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    Optional<String> signature =
        reader.optional("signature", Decision::signature, Optional.empty());
    Optional<Instant> at =
        reader.optional("at", text -> Optional.of(Instant.parse(text)), Optional.empty());
    reader.require(
        signature.isPresent() == at.isPresent(),
        "signature and at, when it was signed, go together");
    reader.require(
        signature.isEmpty() || word == Word.APPROVE || word == Word.ROLL_BACK,
        "only the decisions approve and roll-back have a signature");
    reader.finish();
    return new Decision(
        word, digest, by, reason, signature.flatMap(one -> at.map(time -> new Signed(one, time))));
  }

  private static Optional<String> signature(String text) {
    Seal.bytes(text);
    return Optional.of(text);
  }

  private static String named(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must name the person who decides");
    }
    return text;
  }
}
