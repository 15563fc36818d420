package dev.mooring.activities.role;

import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.UpstreamLogin;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.quoting.ConfigurationValue;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The settings and files by which an instance follows.
 *
 * @param passwords the password file's text; empty if the server's account has one of its own
 * @param settings the lines of postgresql.auto.conf
 */
record StandbySettings(String passwords, String settings) {
  /**
   * @param passwordFile where the passwords will be on the host
   */
  static StandbySettings of(
      List<Upstream> upstream, String restoreCommand, String passwordFile, Secrets secrets) {
    String passwords =
        upstream.stream()
            .map(one -> UpstreamLogin.passwordLine(one, secrets))
            .distinct()
            .collect(Collectors.joining());
    StringBuilder lines = new StringBuilder();
    if (upstream.isEmpty()) {
      lines.append(ConfigurationValue.line("primary_conninfo", ""));
      lines.append(ConfigurationValue.line("primary_slot_name", ""));
    } else {
      lines.append(
          ConfigurationValue.line(
              "primary_conninfo",
              UpstreamLogin.connection(upstream, passwords.isEmpty() ? "" : passwordFile)
                  .toString()));
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

  /** Its text form leaves the passwords out. */
  @Override
  public String toString() {
    return settings;
  }
}
