package dev.mooring.runbook;

import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;

/**
 * A person's decision about a run.
 *
 * @param word what is decided
 * @param digest the plan that it approves, or empty
 * @param by who decided
 * @param reason why
 */
public record Decision(Word word, String digest, String by, String reason) {

  /** The words of a decision. */
  public enum Word {
    APPROVE,
    REJECT,
    RETRY,
    ROLL_BACK,
    GIVE_UP
  }

  /** Reads a typed decision; reports all its errors in one failure. */
  public static Decision of(RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    Word word = reader.required("decision", RequestReader.oneOf(Word.class), Word.REJECT);
    String by = reader.required("by", Decision::named, "");
    String digest = reader.optional("digest", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.finish();
    return new Decision(word, digest, by, reason);
  }

  private static String named(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must name the person who decides");
    }
    return text;
  }
}
