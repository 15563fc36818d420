package dev.mooring.runbook.resilver;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What speaks against a source, and may be overridden by its name, with a reason. */
public enum SourceRule {
  /**
   * The authority of the cluster names another that may write: a person promoted this one by hand.
   */
  OTHER_WRITER,
  /**
   * A member is on a newer timeline: a person or a run promoted it after, or instead of, this one.
   */
  NEWER_TIMELINE,
  /** An instance wrote a timeline of the source's itself, and the archive may hold WAL of both. */
  SHARED_ARCHIVE,
  /** An archive that an instance restores from holds a timeline after the source's. */
  FOREIGN_HISTORY;

  /** Their names as they are typed. */
  public static final List<String> NAMES = Arrays.stream(values()).map(SourceRule::text).toList();

  /** Those that are typed with commas between; another word is refused. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /** As it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
