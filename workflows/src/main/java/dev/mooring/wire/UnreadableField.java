package dev.mooring.wire;

/** A field of a document can't be read; the message names it. */
final class UnreadableField extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  UnreadableField(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  UnreadableField(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
