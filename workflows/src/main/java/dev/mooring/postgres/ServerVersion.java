package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a server or of its programs. WAL and data directories are readable by programs of
 * the same major version only.
 *
 * @param major the number before the dot, 10 or more
 * @param minor the number after it; 0 for a version before its release
 */
public record ServerVersion(int major, int minor) {
  /** The oldest major version whose servers can be moored. */
  public static final int OLDEST_SUPPORTED = 13;

  /** The newest one: the WAL and control file of a later version were never read. */
  public static final int NEWEST_SUPPORTED = 18;

  /** The PostgreSQL version of Greenplum 7 and WarehousePG 7. */
  public static final int OLDEST_GREENPLUM = 12;

  private static final Pattern PROGRAM =
      Pattern.compile(
          "\\w+ \\((?:PostgreSQL|Greenplum Database|WarehousePG|(?:Apache )?Cloudberry(?:"
              + " Database)?)\\)"
              + " (\\d{2,3})(?:\\.(\\d{1,2})|devel|(?:alpha|beta|rc)\\d+)(?:\\s.*)?");
  private static final Pattern PLAIN = Pattern.compile("(\\d{2,3})\\.(\\d{1,2})");

  public ServerVersion {
    if (major < 10 || minor < 0 || minor > 99) {
      throw new IllegalArgumentException(
          "server version must be 10.0 or later, got " + major + "." + minor);
    }
  }

  /**
   * Parses a program's {@code --version}: {@code postgres (PostgreSQL) 15.18 (Debian
   * 15.18-0+deb12u1)}. A Greenplum reports the version of its PostgreSQL: {@code postgres
   * (Greenplum Database) 12.12}.
   */
  public static ServerVersion ofProgram(String output) {
    Matcher matcher = PROGRAM.matcher(output.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "program version must be such as 'postgres (PostgreSQL) 15.18', got '" + output + "'");
    }
    String minor = matcher.group(2) == null ? "0" : matcher.group(2);
    return new ServerVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(minor));
  }

  /** Reads the setting {@code server_version_num}: 150018 is 15.18. */
  public static ServerVersion ofNumber(int serverVersionNum) {
    if (serverVersionNum < 100_000) {
      throw new IllegalArgumentException(
          "server_version_num must be 100000 (version 10) or more, got " + serverVersionNum);
    }
    return new ServerVersion(serverVersionNum / 10_000, serverVersionNum % 10_000);
  }

  /** Reads {@code 15.18}. */
  @JsonCreator
  public static ServerVersion parse(String text) {
    Matcher matcher = PLAIN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "server version must be such as 15.18, got '" + text + "'");
    }
    return new ServerVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether servers of this version can be moored. */
  @JsonIgnore
  public boolean isSupported() {
    return major >= OLDEST_SUPPORTED && major <= NEWEST_SUPPORTED;
  }

  /** Whether a Greenplum made of this version can be moored. */
  public boolean isSupportedAsGreenplum() {
    return major >= OLDEST_GREENPLUM && major <= NEWEST_SUPPORTED;
  }

  @Override
  @JsonValue
  public String toString() {
    return major + "." + minor;
  }
}
