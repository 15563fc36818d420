package dev.mooring.starter;

import dev.mooring.runbook.Commands;
import dev.mooring.runbook.status.ArchiveFloor;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring archive-floor}. */
@Command(
    name = "archive-floor",
    header = "Print the oldest WAL file that an archive must keep, for scripts that clean it.",
    description = {
      "The workers observe every copy, in the run ClusterStatus. For each content it prints the"
          + " oldest WAL file that a copy still needs. Keep all history files. Backups, and copies"
          + " that this cluster file does not name, may need older files.",
      "",
      "With --content it prints only the file's name:",
      "  pg_archivecleanup /archive/0 \"$(mooring archive-floor CLUSTER --content=0)\"",
      "",
      "If one copy can't be observed, nothing is printed, and the exit status is 1.",
      ""
    })
final class ArchiveFloorCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--content",
      paramLabel = "ID",
      description = "Only this content, and only its file's name.")
  private @Nullable Integer content;

  ArchiveFloorCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    ClusterName name = cluster.choose(mooring.clusterFiles());
    List<ArchiveFloor> floors =
        wanted(
            name,
            StatusAnswer.to(mooring, RunOrder.status(name, 0, 0, mooring.user())).archiveFloors(),
            content);
    requireKnown(name, floors);
    if (content == null) {
      Table table = new Table("content", "oldest WAL file needed", "by");
      floors.forEach(
          floor -> table.row(floor.content().toString(), floor.oldest(), floor.neededBy()));
      mooring.console().say(table.lines(mooring.console().width()));
    } else {
      mooring.console().say(floors.get(0).oldest());
    }
    return 0;
  }

  /** The floors of a content, or all of them; none at all is a question that makes no sense. */
  static List<ArchiveFloor> wanted(
      ClusterName name, List<ArchiveFloor> all, @Nullable Integer content) {
    if (all.isEmpty()) {
      throw CommandFailure.usage(
          "no site of " + name + " consumes restore points, so that no copy has an archive floor",
          Commands.status(name) + " shows the state of its instances");
    }
    List<ArchiveFloor> wanted =
        all.stream()
            .filter(floor -> content == null || floor.content().value() == content)
            .toList();
    if (wanted.isEmpty()) {
      throw CommandFailure.usage(
          "no site of " + name + " that consumes has a copy of content " + content,
          "contents with copies are "
              + all.stream()
                  .map(floor -> floor.content().toString())
                  .collect(Collectors.joining(", ")));
    }
    return wanted;
  }

  private static void requireKnown(ClusterName name, List<ArchiveFloor> floors) {
    String unknown =
        floors.stream()
            .filter(floor -> !floor.isKnown())
            .map(floor -> "content " + floor.content() + ": " + floor.unknown())
            .collect(Collectors.joining("; "));
    if (!unknown.isEmpty()) {
      throw CommandFailure.failed(
          "the WAL that the archives must keep is not known: " + unknown,
          "remove no WAL from them; " + Commands.status(name) + " shows the fault");
    }
  }
}
