package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A host's own OpenSSH server. It runs as the account it logs in, so it needs no root, and offers
 * that account alone, by one key.
 */
final class SshServer {
  /** Debian's variable for the directory of clusters' configuration, if not /etc/postgresql. */
  private static final String CLUSTERS = "PG_CLUSTER_CONF_ROOT";

  private final Layout layout;
  private final Machine machine;
  private final LabHost host;

  SshServer(Layout layout, Machine machine, LabHost host) {
    this.layout = layout;
    this.machine = machine;
    this.host = host;
  }

  void configure(String authorizedKey) {
    makeKey();
    machine.user().write(host.ssh().resolve("authorized_keys"), authorizedKey);
    configureLogins();
  }

  /** Takes this long over each login, and accepts none. */
  void configureSilentLogins(Duration time) {
    // of a keyword that stands twice the first one counts
    String silent =
        """
        AuthorizedKeysFile none
        AuthorizedKeysCommand /bin/sleep %d
        AuthorizedKeysCommandUser %s
        """
            .formatted(time.toSeconds(), machine.user().name());
    machine.user().write(configuration(), silent + settings());
  }

  /** Undoes {@link #configureSilentLogins}. */
  void configureLogins() {
    machine.user().write(configuration(), settings());
  }

  /** Gives the host a key, replacing one it may have. */
  void makeKey() {
    Path key = host.ssh().resolve("host_key");
    try {
      Files.deleteIfExists(key);
      Files.deleteIfExists(Path.of(key + ".pub"));
    } catch (IOException e) {
      throw new LabFailure("could not remove " + key, e);
    }
    Command.run(
        layout.directory(),
        machine
            .user()
            .as(
                List.of(
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    host.name(),
                    "-f",
                    key.toString())),
        Map.of());
  }

  List<String> command() {
    return List.of(
        machine.sshd().toString(), "-D", "-f", configuration().toString(), "-E", log().toString());
  }

  Path log() {
    return host.logs().resolve("sshd.log");
  }

  /** The line that makes this server known, strictly. */
  String knownHostsLine() {
    try {
      String[] key = Files.readString(host.ssh().resolve("host_key.pub")).strip().split(" ", -1);
      return "[%s]:%d %s %s%n".formatted(host.address(), host.sshPort(), key[0], key[1]);
    } catch (IOException e) {
      throw new LabFailure("unreadable host key of " + host.name(), e);
    }
  }

  private Path configuration() {
    return host.ssh().resolve("sshd_config");
  }

  private String settings() {
    return """
    ListenAddress %s
    Port %d
    HostKey %s
    AuthorizedKeysFile %s
    AllowUsers %s
    PidFile none
    UsePAM no
    StrictModes no
    UseDNS no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    MaxStartups 200
    MaxSessions 200
    PrintMotd no
    SetEnv %s=%s %s=%s
    Subsystem sftp internal-sftp
    """
        .formatted(
            host.address(),
            host.sshPort(),
            host.ssh().resolve("host_key"),
            host.ssh().resolve("authorized_keys"),
            machine.user().name(),
            Command.MARK,
            layout.directory(),
            CLUSTERS,
            host.configurations());
  }
}
