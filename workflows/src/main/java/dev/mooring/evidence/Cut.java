package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * How the positions of the contents belong together.
 *
 * @param kind the claim about transactions over several contents
 * @param spreadMillis from the first point requested to the last one answered, by the publisher's
 *     monotonic clock
 * @param why the reason why a cut is unproved or torn, one sentence; else empty
 */
public record Cut(
    Kind kind,
    long spreadMillis,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String why) {

  /** A cut that needs no reason. */
  public Cut(Kind kind, long spreadMillis) {
    this(kind, spreadMillis, "");
  }

  /** The kinds of cut. */
  public enum Kind {
    /**
     * No transaction over several contents is split: the barrier held them, or of a Greenplum the
     * archived WAL of all contents was decoded and shows none.
     */
    ATOMIC,
    /** The points bear one name, and transactions over several contents may be split. */
    NAMED,
    /** A Greenplum's point whose archived WAL was not decoded completely: it may be torn. */
    UNPROVED,
    /**
     * A Greenplum's point that splits a transaction: committed on the coordinator before its point,
     * prepared on a segment after that segment's.
     */
    TORN
  }

  /** The same point with that claim. */
  public Cut as(Kind claimed, String because) {
    return new Cut(claimed, spreadMillis, because);
  }

  /** Whether it is known to split a transaction. */
  @JsonIgnore
  public boolean isTorn() {
    return kind == Kind.TORN;
  }

  /** The words a manifest uses, such as {@code atomic} or {@code named, spread N ms}. */
  public String inWords() {
    return switch (kind) {
      case ATOMIC -> "atomic";
      case NAMED -> "named, spread " + spreadMillis + " ms";
      case UNPROVED -> "not proved untorn: " + why;
      case TORN -> "torn: " + why;
    };
  }
}
