package dev.mooring.evidence;

/**
 * How the positions of the contents belong together.
 *
 * @param kind atomic over all contents, or only named alike
 * @param spreadMillis from the first point asked for to the last one answered, by the publisher's
 *     monotonic clock
 */
public record Cut(Kind kind, long spreadMillis) {

  /** The kinds of cut. */
  public enum Kind {
    /**
     * No transaction over several contents is split: the barrier, or the server itself, held them.
     */
    ATOMIC,
    /** The points bear one name, and transactions over several contents may be split. */
    NAMED
  }

  /** The words a manifest uses: {@code atomic} or {@code named, spread N ms}. */
  public String inWords() {
    return kind == Kind.ATOMIC ? "atomic" : "named, spread " + spreadMillis + " ms";
  }
}
