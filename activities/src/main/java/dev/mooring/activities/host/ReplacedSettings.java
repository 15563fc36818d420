package dev.mooring.activities.host;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The lines removed from a postgresql.auto.conf, made fit for a history: settings and the parts of
 * a connection string are shown if they are known to hold no secret.
 */
public final class ReplacedSettings {
  private static final Pattern CONNECTION =
      Pattern.compile("\\s*primary_conninfo\\b.*", Pattern.CASE_INSENSITIVE);
  private static final Pattern HARMLESS =
      Pattern.compile(
          "(?<![A-Za-z_])(?:host|hostaddr|port|user|application_name)=[A-Za-z0-9_.,:/-]+");
  private static final Pattern SHOWN =
      Pattern.compile(
          "\\s*(?:recovery_(?:target\\w*|min_apply_delay)|hot_standby|primary_slot_name|synchronous_\\w+|archive_mode)\\b.*",
          Pattern.CASE_INSENSITIVE);

  private ReplacedSettings() {}

  /** The lines that are not blank, masked. */
  public static List<String> masked(String lines) {
    return lines.lines().filter(line -> !line.isBlank()).map(ReplacedSettings::mask).toList();
  }

  private static String mask(String line) {
    if (CONNECTION.matcher(line).matches()) {
      List<String> kept = HARMLESS.matcher(line).results().map(MatchResult::group).toList();
      return "primary_conninfo = '" + String.join(" ", kept) + "' (the rest is masked)";
    }
    return SHOWN.matcher(line).matches()
        ? line.strip()
        : line.strip().split("[\\s=]", 2)[0] + " = (masked)";
  }
}
