package dev.mooring.starter;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.init.CopyDbids;
import dev.mooring.starter.init.DrCopy;
import dev.mooring.starter.init.GreenplumInstances;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.starter.whpgdrsync.WhpgDrSyncImport;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring init}. */
@Command(
    name = "init",
    header = "Write a first cluster file by asking the primaries.",
    description = {
      "Connects to each server like libpq (password from pgpass), reads its data directory and its"
          + " archive, and writes CLUSTER.yaml. What a running server does not know, the DR side"
          + " above all, is a comment to fill in, or a guess that is marked as one. An existing"
          + " file is never overwritten.",
      "A Greenplum's coordinator, named alone, is asked for gp_segment_configuration; the dbid of"
          + " each DR copy is read from internal.auto.conf on its --dr-host."
    })
final class InitCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(index = "0", paramLabel = "CLUSTER", description = "The new cluster's name.")
  private String cluster = "";

  @Option(
      names = "--from-whpg-dr-sync",
      paramLabel = "FILE",
      description =
          "The configuration file of whpg_dr_sync, in place of --server, for a Greenplum: its"
              + " coordinator is asked for the instances of production.")
  private @Nullable Path whpgDrSync;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description =
          "A primary; once per content, in the order of contents. For a Greenplum only its"
              + " coordinator.")
  private List<String> servers = List.of();

  @Option(
      names = "--dr-host",
      paramLabel = "ADDRESS",
      description =
          "The host that keeps a content's DR copy; once per content, in the order of contents, a"
              + " Greenplum's coordinator first.")
  private List<String> drHosts = List.of();

  @Option(
      names = "--user",
      paramLabel = "ROLE",
      description = "The role to connect as, now and later (mooring, or whpg_dr_sync's).")
  private @Nullable String user;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      description = "The database to connect to (postgres, or whpg_dr_sync's).")
  private @Nullable String database;

  @Option(
      names = "--ssl-mode",
      paramLabel = "MODE",
      description = "disable, require, verify-ca or verify-full (verify-full).")
  private String sslMode = "verify-full";

  InitCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    ClusterName name = mooring.clusterFiles().choose(cluster);
    Path file = mooring.clusterFiles().fileOf(name);
    if (Files.exists(file)) {
      throw exists(file);
    }
    List<String> said = new ArrayList<>();
    String text = whpgDrSync == null ? fromServers(name, said) : imported(name, whpgDrSync, said);
    write(file, text);
    mooring.console().say("wrote " + file + ", from what " + said.get(0));
    said.stream().skip(1).forEach(mooring.console()::say);
    List<Problem> open =
        ClusterFileParser.parse(text, name).match(parsed -> List.of(), problems -> problems);
    if (!open.isEmpty()) {
      mooring.console().say("to be filled in:");
      open.forEach(problem -> mooring.console().say("  " + problem));
    }
    mooring.console().say("guessed; compare with the real systems:");
    FirstClusterFile.guesses(text).forEach(guess -> mooring.console().say("  " + guess));
    mooring.console().say("next: `mooring check " + file + "`");
    return ExitCode.DONE.status();
  }

  private String fromServers(ClusterName name, List<String> said) {
    if (servers.isEmpty()) {
      throw CommandFailure.usage(
          "no --server was given",
          "give the primary of each content, or --from-whpg-dr-sync with that tool's"
              + " configuration");
    }
    Login login =
        new Login(
            user == null ? "mooring" : user, database == null ? "postgres" : database, sslMode);
    if (servers.size() > 1) {
      requireDrHosts(servers.size(), "--server");
    }
    List<FirstServer> seen = servers.stream().map(at -> FirstServer.ask(at, login)).toList();
    if (seen.stream().anyMatch(FirstServer::isCoordinator)) {
      return fromCoordinator(name, seen, login, said);
    }
    requireDrHosts(servers.size(), "--server");
    said.add((seen.size() == 1 ? "the server" : seen.size() + " servers") + " said");
    return FirstClusterFile.of(name, seen, drHosts, login);
  }

  private void requireDrHosts(int wanted, String each) {
    if (!drHosts.isEmpty() && drHosts.size() != wanted) {
      throw CommandFailure.usage(
          wanted + " " + each + " and " + drHosts.size() + " --dr-host were given",
          "give one --dr-host for each " + each + ", or none");
    }
  }

  private String fromCoordinator(
      ClusterName name, List<FirstServer> seen, Login login, List<String> said) {
    if (seen.size() > 1) {
      throw CommandFailure.usage(
          seen.size() + " --server were given, and one of them is a Greenplum's coordinator",
          "name the coordinator alone: its catalogue names the other instances");
    }
    List<Segment> segments = seen.get(0).segments();
    List<Segment> primaries =
        segments.stream()
            .filter(segment -> !segment.mirror())
            .sorted(Comparator.comparingInt(Segment::content))
            .toList();
    requireDrHosts(primaries.size(), "content of this Greenplum");
    List<DrCopy> copies =
        IntStream.range(0, primaries.size())
            .mapToObj(at -> copyOf(primaries.get(at), drHosts.isEmpty() ? "" : drHosts.get(at)))
            .toList();
    CopyDbids dbids =
        CopyDbids.read(copies, CopyDbids.asWritten(FirstClusterFile.GREENPLUM_ACCOUNT));
    said.add("the coordinator " + servers.get(0) + " said");
    said.add("gp_segment_configuration names " + segments.size() + " instances");
    said.addAll(dbids.unread());
    return FirstClusterFile.of(
        name,
        new GreenplumInstances(
            segments, copies, dbids.byContent(), FirstClusterFile.GREENPLUM_HOME),
        login);
  }

  private static DrCopy copyOf(Segment primary, String host) {
    return new DrCopy(primary.content(), host, primary.port(), primary.dataDirectory(), false);
  }

  private String imported(ClusterName name, Path config, List<String> said) {
    if (!servers.isEmpty() || !drHosts.isEmpty()) {
      throw CommandFailure.usage(
          "--from-whpg-dr-sync was given with --server or --dr-host",
          "leave them out: the configuration names the coordinator and the DR instances");
    }
    WhpgDrSyncImport imported =
        WhpgDrSyncImport.of(name, config, new WhpgDrSyncImport.Access(user, database, sslMode));
    said.add(config + " says");
    said.addAll(imported.said());
    return imported.clusterFile();
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    } catch (NoSuchFileException e) {
      throw CommandFailure.failed(
          "there is no directory " + file.getParent(),
          "make it, or name another with --config-dir",
          e);
    } catch (IOException e) {
      throw CommandFailure.failed(
          "can't write " + file + ": " + e.getMessage(), "check the directory's rights", e);
    }
  }

  private static CommandFailure exists(Path file) {
    return CommandFailure.refused(
        file + " exists and is not overwritten", "move it aside, or edit it");
  }
}
