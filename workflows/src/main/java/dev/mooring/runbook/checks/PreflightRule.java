package dev.mooring.runbook.checks;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of the preflight that a person may override by name, with a reason. */
public enum PreflightRule {
  /** Logical slots don't move with the primary: their consumers lose their position. */
  LOGICAL_SLOTS,
  /** Physical slots of no member don't move either: their consumers get a gap in the WAL. */
  PHYSICAL_SLOTS,
  /** The stop ends a long transaction. */
  LONG_TRANSACTIONS,
  /** Prepared transactions move along, and stay prepared on the new primary. */
  PREPARED_TRANSACTIONS,
  /** Without checksums or hint bits in WAL a later pg_rewind is impossible. */
  REWIND_LATER,
  /** A sibling that does not answer, or fails a check, may not follow. */
  SIBLINGS,
  /** The minor versions of the old and the new primary differ. */
  MINOR_VERSIONS,
  /** The authority file of the primary does not name it: a person allowed it to write by hand. */
  AUTHORITY,
  /** The target streams from an address that the cluster file does not have for the primary. */
  UPSTREAM_ADDRESS,
  /** synchronous_standby_names or synchronous_commit differs from the cluster file. */
  SYNCHRONOUS_DRIFT,
  /** Another program starts, stops or promotes servers on the old or the new primary's host. */
  OTHER_MANAGERS,
  /** An installed extension has no files of its version on the target's host. */
  EXTENSIONS,
  /** The target's host sorts text by another version of the C library or of ICU. */
  COLLATIONS,
  /** WAL that the primary reported as archived is missing or wrong in its archive, or unread. */
  ARCHIVE_CHAIN,
  /** The archive of either instance holds a timeline that production never had. */
  FOREIGN_HISTORY,
  /** Databases of a PgBouncer that point at the primary and are no endpoints don't move. */
  DATABASES_LEFT_BEHIND;

  /** The rules' names as they are typed. */
  public static final List<String> NAMES =
      Arrays.stream(values()).map(PreflightRule::text).toList();

  /** Reads rule names separated by commas; refuses unknown names. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /** The rule's name as it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
