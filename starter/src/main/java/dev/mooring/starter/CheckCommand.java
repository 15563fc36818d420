package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.status.InstanceFacts;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.temporal.AttributeRegistration;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring check}. */
@Command(
    name = "check",
    header = "Check a cluster file, or a cluster as it is seen from here.",
    description = {
      "With a FILE: every problem of it at once, as line:column. With a CLUSTER: its file, hosts,"
          + " servers, evidence store and Temporal, as this machine with this account sees them; a"
          + " worker may see them otherwise. Nothing is changed."
    })
final class CheckCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final MooringCommand mooring;

  @Parameters(
      index = "0",
      paramLabel = "FILE|CLUSTER",
      arity = "0..1",
      description = "A cluster file by its path, or a cluster by its name.")
  private String what = "";

  CheckCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    boolean isFile = what.contains("/") || what.endsWith(".yaml") || what.endsWith(".yml");
    return isFile ? file(Path.of(what)) : cluster();
  }

  private int file(Path file) {
    Console console = mooring.console();
    return ClusterFileParser.parse(ClusterFiles.text(file))
        .match(
            cluster -> {
              console.say(
                  String.format(
                      "%s: cluster %s, %d sites, %d instances, digest %.12s",
                      file,
                      cluster.name(),
                      cluster.sites().size(),
                      cluster.instances().size(),
                      cluster.digest()));
              return ExitCode.DONE.status();
            },
            problems -> {
              problems.forEach(problem -> console.say(file + ":" + problem));
              console.complain(
                  String.format(
                      "mooring: %s has %d problem%s",
                      file, problems.size(), problems.size() == 1 ? "" : "s"));
              return ExitCode.FAILED.status();
            });
  }

  private int cluster() {
    Cluster read = mooring.clusterFiles().read(mooring.clusterFiles().choose(what));
    Table table = new Table("looked at", "seen", "remedy");
    int wrong = instances(read, table) + evidence(read, table) + temporal(table);
    mooring
        .console()
        .say(
            read.name()
                + (wrong == 0 ? ": nothing is wrong, " : ": " + wrong + " WRONG, ")
                + "as seen from this machine");
    mooring.console().say("");
    mooring.console().say(table.lines());
    return (wrong == 0 ? ExitCode.DONE : ExitCode.STATUS_CRITICAL).status();
  }

  private int instances(Cluster read, Table table) {
    int wrong = 0;
    List<InstanceFacts> all = new ClusterLook(mooring, read).instances(PATIENCE);
    for (InstanceFacts facts : all) {
      String host = facts.instance().id() + " on its host";
      wrong +=
          row(table, host, facts.host(), seen -> seen.process() + ", " + seen.control().state());
      if (facts.instance().site().equals(read.policies().publish().site())) {
        String server = facts.instance().id() + " over SQL";
        wrong +=
            row(
                table,
                server,
                facts.server(),
                seen ->
                    (seen.position().inRecovery() ? "in recovery" : "primary")
                        + ", archive_mode "
                        + seen.archiving().archiveMode());
      }
    }
    return wrong;
  }

  private static <T> int row(
      Table table, String name, Sight<T> sight, java.util.function.Function<T, String> words) {
    return sight.match(
        seen -> {
          table.row(name, words.apply(seen), "");
          return 0;
        },
        unseen -> {
          table.row(name, "NOT SEEN: " + unseen.why(), unseen.remedy());
          return 1;
        });
  }

  private static int evidence(Cluster read, Table table) {
    try (Evidence evidence = new Evidence(read)) {
      Optional<EvidenceReader.Entry<Manifest>> latest = evidence.reader().latest();
      if (latest.isEmpty()) {
        table.row("evidence store", "no restore point yet", "");
        return 0;
      }
      return latest
          .get()
          .document()
          .match(
              intact -> {
                table.row("evidence store", "LATEST is " + intact.content().name(), "");
                return 0;
              },
              refused -> {
                table.row("evidence store", "LATEST is broken: " + refused.reason(), "");
                return 1;
              });
    } catch (ApplicationFailure unreadable) {
      table.row(
          "evidence store",
          "NOT SEEN: " + unreadable.getOriginalMessage(),
          FailureCode.EVIDENCE_UNREADABLE.hint());
      return 1;
    }
  }

  private int temporal(Table table) {
    try (TemporalServer server = mooring.connect()) {
      List<String> absent = new AttributeRegistration(server).absent();
      table.row(
          "Temporal at " + server.address(),
          absent.isEmpty() ? "serves, search attributes there" : "ABSENT: " + absent,
          absent.isEmpty() ? "" : "`mooring setup`");
      return absent.isEmpty() ? 0 : 1;
    } catch (CommandFailure away) {
      table.row("Temporal", "NOT SEEN: " + away.getMessage(), away.hint());
      return 1;
    }
  }
}
