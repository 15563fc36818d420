package dev.mooring.activities.host;

import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.quoting.ConnectionString;
import dev.mooring.topology.SecretReference;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How a standby logs in at the server that it streams or is copied from. */
public final class UpstreamLogin {
  /** The password file of the account on the standby's own host. */
  private static final SecretReference HOSTS_OWN = new SecretReference("pgpass");

  private UpstreamLogin() {}

  /**
   * The connection, without the password. Several upstreams are tried in order; all settings but
   * address and port are the first one's.
   *
   * @param passwordFile where the password will be on the host, or empty
   */
  public static ConnectionString connection(List<Upstream> upstream, String passwordFile) {
    Upstream first = upstream.get(0);
    return new ConnectionString()
        .with("host", joined(upstream, Upstream::host))
        .with("port", joined(upstream, one -> String.valueOf(one.port())))
        .with("user", first.login().user())
        .with("passfile", passwordFile)
        .with("application_name", first.application())
        .with("sslmode", first.login().sslMode().toLowerCase(Locale.ROOT))
        .with("sslrootcert", first.login().sslRootCertificate());
  }

  private static String joined(List<Upstream> upstream, Function<Upstream, String> part) {
    return upstream.stream().map(part).collect(Collectors.joining(","));
  }

  /**
   * The password; nothing if the host has a password file of its own.
   *
   * @throws io.temporal.failure.ApplicationFailure of AUTHENTICATION_REFUSED if it can't be had
   */
  public static Optional<String> password(Upstream upstream, Secrets secrets) {
    if (upstream.login().password().equals(HOSTS_OWN)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          secrets.text("the replication password", upstream.login().password()).strip());
    } catch (Secrets.Unusable unusable) {
      throw HostFailures.of(
          FailureCode.AUTHENTICATION_REFUSED, String.valueOf(unusable.getMessage()), null);
    }
  }

  /** The line of a password file for it; empty if the host has a file of its own. */
  public static String passwordLine(Upstream upstream, Secrets secrets) {
    return password(upstream, secrets)
        .map(
            password ->
                ConnectionString.passwordLine(
                    upstream.host(), upstream.port(), upstream.login().user(), password))
        .orElse("");
  }
}
