package dev.mooring.runbook.startprimary;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of a start that a person may break by their names, with a reason. */
public enum StartRule {
  /** The host of each other member answers: one that is silent may be the newer primary's. */
  OTHER_SIDE_SILENT,
  /** Each other member that is down would start as a standby, and at least one is one. */
  OTHER_SIDE_NO_STANDBY,
  /** Nothing else starts, stops or promotes members: it may take back what is done. */
  OTHER_MANAGERS;

  /** Their names as they are typed. */
  public static final List<String> NAMES = Arrays.stream(values()).map(StartRule::text).toList();

  /** Those that are typed with commas between; another word is refused. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /** As it is typed. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
