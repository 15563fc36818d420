package dev.mooring.starter;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.clusterfile.Problem;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.whpgdrsync.WhpgDrSyncImport;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring init}. */
@Command(
    name = "init",
    header = "Write a first cluster file by asking the primaries.",
    description = {
      "Connects to each server as libpq would (password from pgpass), asks it where its data and"
          + " its archive are, and writes CLUSTER.yaml. What a running server can't know, the DR"
          + " side above all, stands there as a comment to be filled in, or as a guess that is"
          + " marked as one. An existing file is never overwritten."
    })
final class InitCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(index = "0", paramLabel = "CLUSTER", description = "The new cluster's name.")
  private String cluster = "";

  @Option(
      names = "--from-whpg-dr-sync",
      paramLabel = "FILE",
      description =
          "The configuration file of whpg_dr_sync, in place of --server: a Greenplum, whose"
              + " coordinator is asked for the instances of production.")
  private @Nullable Path whpgDrSync;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "A primary; once per content, in the order of contents.")
  private List<String> servers = List.of();

  @Option(
      names = "--dr-host",
      paramLabel = "ADDRESS",
      description =
          "The host that keeps a content's DR copy; once per content, in the order of contents.")
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
    mooring.console().say("guessed, and to be compared with what is so:");
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
    if (!drHosts.isEmpty() && drHosts.size() != servers.size()) {
      throw CommandFailure.usage(
          servers.size() + " --server and " + drHosts.size() + " --dr-host were given",
          "give one --dr-host for each --server, or none");
    }
    FirstClusterFile.Login login =
        new FirstClusterFile.Login(
            user == null ? "mooring" : user, database == null ? "postgres" : database, sslMode);
    List<FirstServer> seen =
        servers.stream()
            .map(at -> FirstServer.ask(at, login.user(), login.database(), sslMode))
            .toList();
    said.add(seen.size() + " servers said");
    return FirstClusterFile.of(name, seen, drHosts, login);
  }

  private String imported(ClusterName name, Path config, List<String> said) {
    if (!servers.isEmpty() || !drHosts.isEmpty()) {
      throw CommandFailure.usage(
          "--from-whpg-dr-sync was given with --server or --dr-host",
          "leave those out: the configuration names the coordinator and the DR instances");
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
