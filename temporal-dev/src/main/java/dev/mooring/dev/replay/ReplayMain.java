package dev.mooring.dev.replay;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.temporal.RunHistories;
import dev.mooring.starter.temporal.RunListing;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.ServerChoice;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.wire.HistoryFormat;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code temporal-dev/replay FILE|RUN...}: runs histories again with the runbooks of this work tree
 * and reports for each whether the result is the same. A file is a history's JSON, packed or not;
 * any other argument is a run that Temporal still has.
 */
public final class ReplayMain {
  private static final int DIFFERS = 1;
  private static final int USAGE = 2;
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Map<String, String> environment;
  private final PrintStream out;

  private ReplayMain(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  /** Ends with 0 when all come out the same, 1 when one does not or can't be read. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.getenv(), System.out));
  }

  /** The same with a given environment. */
  public static int run(List<String> histories, Map<String, String> environment, PrintStream out) {
    if (histories.isEmpty()) {
      out.println("usage: temporal-dev/replay FILE|RUN...");
      return USAGE;
    }
    ReplayMain main = new ReplayMain(environment, out);
    try (ComparedReplay replay = new ComparedReplay()) {
      // every one of them is told, also after one that differs
      long differing = histories.stream().filter(named -> !main.same(replay, named)).count();
      return differing == 0 ? 0 : DIFFERS;
    }
  }

  private boolean same(ComparedReplay replay, String named) {
    try {
      WorkflowExecutionHistory history = history(named);
      Optional<String> differs = replay.differs(history);
      out.println(
          differs
              .map(where -> named + ": DIFFERS: " + where)
              .orElse(named + ": the same comes out, " + history.getEvents().size() + " events"));
      return differs.isEmpty();
    } catch (IOException | CommandFailure | IllegalArgumentException unreadable) {
      out.println(named + ": can't be read: " + unreadable.getMessage());
      return false;
    }
  }

  private WorkflowExecutionHistory history(String named) throws IOException {
    Path file = Path.of(named);
    if (!Files.exists(file)) {
      return ofRun(named);
    }
    byte[] bytes = Files.readAllBytes(file);
    return WorkflowExecutionHistory.fromJson(
        named.endsWith(".gz") ? HistoryFormat.unpack(bytes) : Files.readString(file));
  }

  private WorkflowExecutionHistory ofRun(String named) {
    ServerChoice choice =
        new ServerChoice(Optional.empty(), Optional.empty(), environment, CONNECT);
    try (TemporalServer server = TemporalServer.connect(choice)) {
      RunReference run = new RunListing(server).find(named);
      return new RunHistories(server)
          .of(run.workflowId(), run.runId())
          .orElseThrow(() -> new IllegalArgumentException("Temporal has forgotten it"));
    }
  }
}
