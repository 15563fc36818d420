package dev.mooring.runbook.startprimary;

import dev.mooring.wire.RequestReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Rules of a start that a person may break by their names, with a reason. */
public enum StartRule {
  /** The host of each other member answers: a silent one may be the newer primary's. */
  OTHER_SIDE_SILENT,
  /** Each other member that is down would start as a standby, and at least one is one. */
  OTHER_SIDE_NO_STANDBY,
  /** No other program starts, stops or promotes members: it may undo what is done. */
  OTHER_MANAGERS;

  /** Their names as they are typed. */
  public static final List<String> NAMES = Arrays.stream(values()).map(StartRule::text).toList();

  /** The rules in a list separated by commas; another word is refused. */
  public static List<String> named(String typed) {
    return RequestReader.rules(NAMES, typed);
  }

  /** The rule's name in a request. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
