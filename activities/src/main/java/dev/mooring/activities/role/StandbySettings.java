package dev.mooring.activities.role;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.LibpqText;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is written so that an instance follows.
 *
 * @param passwords the password file's text; empty where the server's account has one of its own
 * @param settings the lines of postgresql.auto.conf
 */
record StandbySettings(String passwords, String settings) {
  private static final String OWN_PASSWORD_FILE = "pgpass";

  /**
   * @param passwordFile where the passwords will be on the host
   */
  static StandbySettings of(
      List<Upstream> upstream, String restoreCommand, String passwordFile, Secrets secrets) {
    String passwords =
        upstream.stream()
            .filter(one -> !one.password().text().equals(OWN_PASSWORD_FILE))
            .map(one -> passwordLine(one, secrets))
            .distinct()
            .collect(Collectors.joining());
    StringBuilder lines = new StringBuilder();
    if (!upstream.isEmpty()) {
      lines.append(
          ConfigurationValue.line(
              "primary_conninfo", connection(upstream, passwords.isEmpty() ? "" : passwordFile)));
      if (!upstream.get(0).slot().isEmpty()) {
        lines.append(ConfigurationValue.line("primary_slot_name", upstream.get(0).slot()));
      }
    }
    if (!restoreCommand.isEmpty()) {
      lines.append(ConfigurationValue.line("restore_command", restoreCommand));
    }
    lines.append(ConfigurationValue.line("recovery_target_timeline", "latest"));
    return new StandbySettings(passwords, lines.toString());
  }

  /** What a connection is tried with, as it would be streamed over; its password is not in it. */
  static String trial(Upstream upstream) {
    return connection(List.of(upstream), "");
  }

  /** The password itself; empty where the server's account has a password file of its own. */
  static String password(Upstream upstream, Secrets secrets) {
    return upstream.password().text().equals(OWN_PASSWORD_FILE)
        ? ""
        : secrets.text("the replication password", upstream.password()).strip();
  }

  /** Several are tried in their order; what is not an address or port is the first one's. */
  private static String connection(List<Upstream> upstream, String passwordFile) {
    Upstream first = upstream.get(0);
    StringBuilder text = new StringBuilder();
    add(text, "host", joined(upstream, Upstream::host));
    add(text, "port", joined(upstream, one -> String.valueOf(one.port())));
    add(text, "user", first.user());
    add(text, "passfile", passwordFile);
    add(text, "application_name", first.application());
    add(text, "sslmode", first.sslMode().toLowerCase(Locale.ROOT));
    add(text, "sslrootcert", first.sslRootCertificate());
    return text.toString().strip();
  }

  private static String joined(List<Upstream> upstream, Function<Upstream, String> part) {
    return upstream.stream().map(part).collect(Collectors.joining(","));
  }

  private static void add(StringBuilder text, String keyword, String value) {
    if (!value.isEmpty()) {
      text.append(LibpqText.setting(keyword, value)).append(' ');
    }
  }

  /** For any database: streaming names none. */
  private static String passwordLine(Upstream one, Secrets secrets) {
    String secret = secrets.text("the replication password", one.password()).strip();
    return LibpqText.passwordFileField("host", one.host())
        + ":"
        + one.port()
        + ":*:"
        + LibpqText.passwordFileField("user", one.user())
        + ":"
        + passwordField(secret)
        + "\n";
  }

  /** A message must not repeat a password, not even one that can't be used. */
  private static String passwordField(String secret) {
    if (secret.lines().count() != 1) {
      throw new IllegalArgumentException("the replication password must be one line");
    }
    return LibpqText.passwordFileField("password", secret);
  }

  /** Its text form leaves the passwords out. */
  @Override
  public String toString() {
    return settings;
  }
}
