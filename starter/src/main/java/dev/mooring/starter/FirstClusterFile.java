package dev.mooring.starter;

import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The text of a first cluster file: what the servers said, and comments for what they can't know.
 * What is guessed is marked on its line, as no check can tell it from what is so.
 */
final class FirstClusterFile {
  private static final String GUESSED = "# GUESSED: ";

  private FirstClusterFile() {}

  /** How the servers were asked, and will be. */
  record Login(String user, String database, String sslMode) {}

  /** The text; a DR host that is not known yet stands in it as a comment. */
  static String of(
      ClusterName cluster, List<FirstServer> servers, List<String> drHosts, Login login) {
    StringBuilder text = new StringBuilder();
    String kind = servers.size() == 1 ? "postgres" : "fleet";
    text.append(
        String.format(
            """
            # Written by `mooring init`. docs/reference/cluster-file.md says what every setting means.
            cluster: %s
            kind: %s
            evidence:
              store: {directory: /var/lib/mooring/evidence}      # GUESSED: what the workers of both sites see
              signingKey: file:/etc/mooring/signing.pem          # `mooring setup` makes the pair
              trustedKeys: [/etc/mooring/signing.pub]
            ssh: {user: postgres, identityFile: /etc/mooring/id_ed25519, knownHostsFile: /etc/mooring/known_hosts}
            database: {user: %s, name: %s, password: pgpass, sslMode: %s}
            sites:
              - {name: east, archive: {directory: "/archive/{content}"}}   # GUESSED: where the archive_command below puts WAL
              - {name: west, consume: onPublish, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%%f" "%%p"'}}   # GUESSED: where its hosts find that archive
            hosts:
            """,
            cluster, kind, login.user(), login.database(), login.sslMode()));
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

  /** What stands in the text as a guess, with the number of its line. */
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
              "  - {name: e%d, address: \"%s\"}%n", content, servers.get(content).address()));
      text.append(
          drHosts.isEmpty()
              ? String.format(
                  "  - {name: w%d}     # the DR host of content %d: add its address%n",
                  content, content)
              : String.format("  - {name: w%d, address: \"%s\"}%n", content, drHosts.get(content)));
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
                : server.archiveCommand().replace("\n", " ")));
    text.append(
        String.format(
            "  - {id: east-%d, site: east, content: %d, host: e%d, port: %d, dataDirectory: \"%s\","
                + " manager: %s}%n",
            content, content, content, server.port(), server.dataDirectory(), manager));
    text.append(
        String.format(
            "  - {id: west-%d, site: west, content: %d, host: w%d, port: %d, dataDirectory: \"%s\","
                + " manager: %s}%n",
            content, content, content, server.port(), server.dataDirectory(), manager));
  }
}
