package dev.mooring.starter;

import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.quoting.Printable;
import dev.mooring.starter.init.GreenplumInstances;
import dev.mooring.starter.init.Login;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The text of a first cluster file: what the servers reported, and comments for what they can't
 * know. A guess is marked on its line, as no check can distinguish it from the truth.
 */
final class FirstClusterFile {
  /** The owner of a Greenplum's data directories, by its installation guide. */
  static final String GREENPLUM_ACCOUNT = "gpadmin";

  /** Where the packages of Greenplum 7 install it. */
  static final String GREENPLUM_HOME = "/usr/local/greenplum-db";

  private static final String GUESSED = "# GUESSED: ";

  private FirstClusterFile() {}

  /** The text of the file; a DR host that is not known yet is a comment in it. */
  static String of(
      ClusterName cluster, List<FirstServer> servers, List<String> drHosts, Login login) {
    String kind = servers.size() == 1 ? "postgres" : "fleet";
    StringBuilder text = new StringBuilder(head(cluster, kind, "postgres", "", login));
    hosts(text, servers, drHosts);
    text.append(
        "instances:\n"
            + "  # GUESSED: the directory of pg_ctl everywhere, port and data directory in the"
            + " west\n");
    for (int content = 0; content < servers.size(); content++) {
      instance(text, content, servers.get(content));
    }
    text.append("publish: {site: east, every: PT5M}\n");
    return text.toString();
  }

  /** The text for a Greenplum, with production's instances as its coordinator named them. */
  static String of(ClusterName cluster, GreenplumInstances instances, Login login) {
    return head(
            cluster,
            "greenplum",
            GREENPLUM_ACCOUNT,
            "   " + GUESSED + "the account that owns the data directories",
            login)
        + instances.hosts()
        + "instances:\n  "
        + GUESSED
        + "GPHOME everywhere, port and data directory in the west\n"
        + instances.production()
        + instances.copies()
        + "publish: {site: east, every: PT5M}\n";
  }

  private static String head(
      ClusterName cluster, String kind, String account, String behindAccount, Login login) {
    return String.format(
        """
        # Written by `mooring init`. docs/reference/cluster-file.md says what every setting means.
        cluster: %s
        kind: %s
        evidence:
          store: {directory: /var/lib/mooring/evidence}      # GUESSED: a directory that the workers of both sites share
          signingKey: file:/etc/mooring/signing.pem          # `mooring setup` makes the pair
          trustedKeys: [/etc/mooring/signing.pub]
        ssh: {user: %s, identityFile: /etc/mooring/id_ed25519, knownHostsFile: /etc/mooring/known_hosts}%s
        database: {user: %s, name: %s, password: pgpass, sslMode: %s}
        sites:
          - {name: east, archive: {directory: "/archive/{content}"}}   # GUESSED: where the archive_command puts WAL
          - {name: west, consume: onPublish, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%%f" "%%p"'}}   # GUESSED: where its hosts find that archive
        hosts:
        """,
        cluster, kind, account, behindAccount, login.user(), login.database(), login.sslMode());
  }

  /** The guesses in the text, each with its line number. */
  static List<String> guesses(String text) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .filter(at -> lines.get(at).contains(GUESSED))
        .mapToObj(at -> "line " + (at + 1) + ": " + lines.get(at).split(GUESSED, 2)[1])
        .toList();
  }

  private static void hosts(StringBuilder text, List<FirstServer> servers, List<String> drHosts) {
    for (int content = 0; content < servers.size(); content++) {
      text.append(
          String.format(
              "  - {name: e%d, address: %s}%n",
              content, GreenplumInstances.quoted(servers.get(content).address())));
      text.append(
          drHosts.isEmpty()
              ? String.format(
                  "  - {name: w%d}     # the DR host of content %d: add its address%n",
                  content, content)
              : String.format(
                  "  - {name: w%d, address: %s}%n",
                  content, GreenplumInstances.quoted(drHosts.get(content))));
    }
  }

  private static void instance(StringBuilder text, int content, FirstServer server) {
    String manager = "{pg_ctl: /usr/lib/postgresql/" + server.major() + "/bin}";
    text.append(
        String.format(
            "  # system %s, archive_command: %s%n",
            server.systemIdentifier(),
            server.archiveCommand().isEmpty()
                ? "NONE, set one before the first publish"
                : Printable.line(ArchiveCommand.masked(server.archiveCommand()))));
    for (String site : List.of("east", "west")) {
      text.append(
          String.format(
              "  - {id: %s-%d, site: %s, content: %d, host: %c%d, port: %d, dataDirectory: %s,"
                  + " manager: %s}%n",
              site,
              content,
              site,
              content,
              site.charAt(0),
              content,
              server.port(),
              GreenplumInstances.quoted(server.dataDirectory()),
              manager));
    }
  }
}
