package dev.mooring.runbook.checks;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of the preflight that a person may break by their names, with a reason. */
public enum PreflightRule {
  /** Logical slots do not move with the primary: who reads from them loses its place. */
  LOGICAL_SLOTS,
  /** Physical slots of no member do not move either: who uses them has a gap in its WAL. */
  PHYSICAL_SLOTS,
  /** A transaction that runs for long is cut off by the stop. */
  LONG_TRANSACTIONS,
  /** Prepared transactions move along, and wait on the new primary as they did on the old. */
  PREPARED_TRANSACTIONS,
  /** Without checksums or hint bits in WAL a later pg_rewind is not possible. */
  REWIND_LATER,
  /** A sibling that can't be seen, or is not as it must be, may not follow. */
  SIBLINGS,
  /** Minor versions of the two sides differ. */
  MINOR_VERSIONS,
  /** The authority file of the primary does not name it: a person let it write by hand. */
  AUTHORITY,
  /** The target streams from an address that is not the one of the cluster file. */
  UPSTREAM_ADDRESS,
  /** Whom the primary's commits wait for is not what the cluster file says. */
  SYNCHRONOUS_DRIFT,
  /** Another program that starts, stops or promotes servers runs on the host of either side. */
  OTHER_MANAGERS,
  /** An extension that is installed has no files on the target's host at its version. */
  EXTENSIONS,
  /** Texts are sorted by other versions of the C library or of ICU on the target's host. */
  COLLATIONS,
  /** WAL that the primary says it archived is not in its archive as it should be, or is unread. */
  ARCHIVE_CHAIN,
  /** The archive of either side holds a timeline that production never had. */
  FOREIGN_HISTORY;

  /** Their names as they are typed. */
  public static final List<String> NAMES =
      Arrays.stream(values()).map(PreflightRule::text).toList();

  /** Those that are typed with commas between; another word is refused. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /** As it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
