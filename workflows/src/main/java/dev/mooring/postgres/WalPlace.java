package dev.mooring.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A position of WAL and the file it is in, as in backup_label and the backup's history file. */
record WalPlace(Lsn location, WalFileName walFile) {
  private static final Pattern SHAPE = Pattern.compile("(\\S+) \\(file (\\S+)\\)");

  static WalPlace parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be such as '0/2000028 (file 000000010000000000000002)', got '" + text + "'");
    }
    return new WalPlace(Lsn.parse(matcher.group(1)), new WalFileName(matcher.group(2)));
  }
}
