package dev.mooring.activities.instance;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Script;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.TargetSettings;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ShellWord;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings and files by which one instance replays to its target and not beyond: the lines in
 * postgresql.auto.conf, the restore gate and its file.
 *
 * @param gatePath the restore gate on the host, named by its content
 * @param gateFile the file that the gate reads
 * @param gateText that file's text
 * @param expected what {@code postgres -C} must print
 * @param parkMode its state at the target
 */
record RecoveryTarget(
    String gatePath, String gateFile, String gateText, TargetSettings expected, ParkMode parkMode) {
  /** The restore gate's program text. */
  static final String GATE = Script.resource(RecoveryTarget.class, TargetSettings.GATE);

  private static final int NAMED_BY = 16;

  static RecoveryTarget of(Host host, String directory, InstanceTarget wanted) {
    String gatePath =
        host.directory()
            + "/bin/"
            + TargetSettings.GATE
            + "-"
            + sha256(GATE).substring(0, NAMED_BY);
    String gateFile = directory + "/" + wanted.instance() + ".gate";
    ContentTarget target = wanted.target();
    TargetSettings expected =
        new TargetSettings(
            wanted.point().value(),
            wanted.parkMode().action(),
            target.timeline().toString(),
            "",
            restoreCommand(gatePath, gateFile, wanted.parkMode()),
            TargetSettings.ARCHIVES_NOTHING);
    return new RecoveryTarget(gatePath, gateFile, gateText(wanted), expected, wanted.parkMode());
  }

  /** Refuses if a server would run with other settings than those written. */
  void requireEffective(TargetSettings effective) {
    if (!effective.equals(expected)) {
      throw new InstanceRefusal(
          FailureCode.TARGET_NOT_SET,
          "the server would run with " + effective + ", not with " + expected);
    }
  }

  private static String gateText(InstanceTarget wanted) {
    ContentTarget target = wanted.target();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("point", wanted.point().value());
    lines.put("timeline", target.timeline().hex());
    lines.put("last", target.walFile().text());
    lines.put("bytes", String.valueOf(target.walSegmentSize().bytes()));
    lines.put("archive", place(wanted.archive(), target.content()));
    lines.put("command", wanted.archive().restoreCommandOf(target.content()));
    if (wanted.parkMode() == ParkMode.READABLE) {
      lines.put("ends", "refused");
    }
    return lines.entrySet().stream()
        .map(
            line ->
                line.getKey()
                    + "="
                    + ConfigurationValue.oneLine(line.getKey(), line.getValue())
                    + "\n")
        .collect(Collectors.joining());
  }

  /** The gate itself checks whether a directory is there. */
  private static String place(Site.Archive archive, ContentId content) {
    return archive.kindOf(content).isEmpty() ? archive.directoryOf(content) : "elsewhere";
  }

  /**
   * PostgreSQL replaces %f, %p and %r and passes the rest to a shell; %% is a literal one. The last
   * word of the command says what the gate's file says too: only the start writes that file.
   */
  private static String restoreCommand(String gatePath, String gateFile, ParkMode mode) {
    String words = ShellWord.quote(gatePath) + " " + ShellWord.quote(gateFile);
    return ConfigurationValue.inCommand(words)
        + " \"%f\" \"%p\" \"%r\""
        + TargetSettings.lastWord(mode);
  }

  /** The lines for the end of postgresql.auto.conf; the host's script has those that are empty. */
  String settings() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("hot_standby", parkMode.hotStandby());
    lines.put("recovery_target_name", expected.name());
    lines.put("recovery_target_action", expected.action());
    lines.put("recovery_target_timeline", expected.timeline());
    lines.put("restore_command", expected.restoreCommand());
    lines.put("archive_mode", expected.archiveMode());
    return lines.entrySet().stream()
        .map(line -> ConfigurationValue.line(line.getKey(), line.getValue()))
        .collect(Collectors.joining());
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException(absent);
    }
  }
}
