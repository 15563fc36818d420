package dev.mooring.starter.whpgdrsync;

import static dev.mooring.starter.init.GreenplumInstances.quoted;

import dev.mooring.starter.init.GreenplumInstances;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.starter.temporal.RunSchedules;
import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The cluster file for a configuration of whpg_dr_sync: production in the east, the DR site in the
 * west. What neither the configuration nor the coordinator has is a comment; a guess is marked on
 * its line.
 */
final class WhpgDrSyncClusterFile {
  private final ClusterName cluster;
  private final WhpgDrSyncConfig config;
  private final List<Segment> production;
  private final GreenplumInstances instances;
  private final Login login;

  private WhpgDrSyncClusterFile(
      ClusterName cluster,
      WhpgDrSyncConfig config,
      List<Segment> production,
      Map<Integer, Integer> dbids,
      Login login) {
    this.cluster = cluster;
    this.config = config;
    this.production = production;
    this.instances =
        new GreenplumInstances(production, config.copies(), dbids, config.greenplumHome());
    this.login = login;
  }

  /**
   * The text.
   *
   * @param production the instances by the coordinator; empty if it did not answer
   * @param dbids the dbids of the copies that were read on their hosts, by content
   */
  static String of(
      ClusterName cluster,
      WhpgDrSyncConfig config,
      List<Segment> production,
      Map<Integer, Integer> dbids,
      Login login) {
    return new WhpgDrSyncClusterFile(cluster, config, production, dbids, login).text();
  }

  private String text() {
    String text =
        head()
            + sites()
            + "hosts:\n"
            + instances.hosts()
            + "instances:\n"
            + production()
            + instances.copies();
    WhpgDrSyncConfig.Behavior behavior = config.behavior();
    return text
        + String.format(
            """
            publish: {site: east, every: PT%dS, archiveWait: PT%dS, archivePoll: PT%dS}
            consume: {timeout: PT%dS, poll: PT%dS, every: PT%dS}
            """,
            behavior.publishEvery(),
            behavior.archiveWait(),
            behavior.archivePoll(),
            behavior.reachWait(),
            behavior.reachPoll(),
            Math.max(RunSchedules.LEAST_INTERVAL.toSeconds(), behavior.consumeEvery()));
  }

  private String head() {
    return String.format(
        """
        # Written by `mooring init --from-whpg-dr-sync`. docs/reference/cluster-file.md says what every setting means.
        cluster: %s
        kind: greenplum
        evidence:
          store: {directory: %s}   # GUESSED: beside the manifests of whpg_dr_sync; a directory that the workers of both sites share
          signingKey: file:/etc/mooring/signing.pem          # `mooring setup` makes the pair
          trustedKeys: [/etc/mooring/signing.pub]
        ssh: {user: %s, identityFile: /etc/mooring/id_ed25519, knownHostsFile: /etc/mooring/known_hosts}   # GUESSED: the account that owns the data directories
        database: {user: %s, name: %s, password: pgpass, sslMode: %s}
        """,
        cluster,
        quoted(store()),
        login.user(),
        quoted(login.user()),
        quoted(login.database()),
        login.sslMode());
  }

  private String store() {
    String manifests = config.storage().manifestDirectory().replaceAll("/+$", "");
    return manifests.substring(0, manifests.lastIndexOf('/')) + "/mooring";
  }

  private String sites() {
    String archive = "directory: " + quoted(config.archiveDirectory());
    String checks = checks();
    return String.format(
            """
            sites:
              - name: east
                archive: {%s%s}
              - name: west
                # or manual, and `mooring schedule apply %s --site west`, by the clock of consume.every below
                consume: onPublish
                archive: {%s%s, restoreCommand: 'cp "{archive}/%%f" "%%p"'}   # GUESSED: compare with the restore_command that the DR instances have now
            """,
            archive, checks, cluster, archive, checks)
        + manifests();
  }

  /** The reference tool's rule for its commands: EXISTS in their output. */
  private String checks() {
    WhpgDrSyncConfig.Behavior behavior = config.behavior();
    List<String> parts = new ArrayList<>();
    if (!behavior.checkCommand().isEmpty()) {
      parts.add("command: " + quoted(behavior.checkCommand()));
    }
    if (!behavior.checkCommands().isEmpty()) {
      parts.add(
          behavior.checkCommands().entrySet().stream()
              .map(entry -> quoted("" + entry.getKey()) + ": " + quoted(entry.getValue()))
              .collect(Collectors.joining(", ", "contents: {", "}")));
    }
    if (parts.isEmpty()) {
      return "";
    }
    parts.add("success: output");
    return ", walCheck: {" + String.join(", ", parts) + "}";
  }

  private String manifests() {
    WhpgDrSyncConfig.Storage storage = config.storage();
    List<String> theirs = new ArrayList<>();
    theirs.add("directory: " + quoted(storage.manifestDirectory()));
    theirs.add("latest: " + quoted(storage.latestPath()));
    List<String> commands = new ArrayList<>();
    if (!storage.fetchCommand().isEmpty()) {
      commands.add("fetch: " + quoted(storage.fetchCommand()));
    }
    if (!storage.listCommand().isEmpty()) {
      commands.add("list: " + quoted(storage.listCommand()));
    }
    theirs.addAll(commands);
    String whileTheyPublish =
        "    # as long as whpg_dr_sync publishes, this instead of `manifests` and `consume:"
            + " onPublish`:\n    # manifests: {whpgDrSync: {"
            + String.join(", ", theirs)
            + "}}\n";
    if (commands.isEmpty()) {
      return whileTheyPublish;
    }
    String own = quoted(store() + "/" + cluster + "/manifests");
    return "    manifests: {commands: {directory: "
        + own
        + ", "
        + String.join(", ", commands)
        + "}}   # GUESSED: that the commands find Mooring's manifests where they found those of"
        + " whpg_dr_sync\n"
        + whileTheyPublish;
  }

  private String production() {
    if (production.isEmpty()) {
      return String.format(
          """
            # the coordinator %s:%d did not list them: for each row of gp_segment_configuration a line as
            # - {id: east-0, dbid: 2, role: primary, site: east, content: 0, host: …, port: …, dataDirectory: …, manager: {greenplum: %s}}
          """,
          config.primary().host(), config.primary().port(), config.greenplumHome());
    }
    return "  # GUESSED: that production's GPHOME is that of the DR site\n"
        + instances.production();
  }
}
