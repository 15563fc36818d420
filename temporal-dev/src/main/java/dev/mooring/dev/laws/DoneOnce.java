package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.Receipt.StepRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Law 7: observe, act, observe. Whoever looks before acting does nothing twice: one start per log
 * of a consume, and no run starts an instance more often than twice. A run that works on running
 * servers starts them into the logs that they had, where their starts are told by their times.
 */
final class DoneOnce implements Law {
  private static final String STARTING = "LOG:  starting PostgreSQL ";
  private static final int STARTS_PER_RUN = 2;
  private static final Set<String> ON_RUNNING_SERVERS =
      Set.of("Switchover", "Failback", "Resilver", "ReplicationSetup");

  @Override
  public int number() {
    return 7;
  }

  @Override
  public List<String> against(Sight sight) {
    List<String> against = new ArrayList<>(startedUnderOneNumber(sight));
    List<Ran> runs =
        sight.ran().stream()
            .filter(ran -> ON_RUNNING_SERVERS.contains(ran.runbook()) && !ran.acts().isEmpty())
            .toList();
    if (!runs.isEmpty()) {
      for (LabInstance instance : sight.lab().instances()) {
        List<Instant> starts = sight.starts(instance);
        runs.forEach(ran -> against.addAll(ofRun(ran, instance, starts)));
      }
    }
    return against;
  }

  private static List<String> startedUnderOneNumber(Sight sight) {
    List<String> against = new ArrayList<>();
    for (LabInstance instance : sight.west()) {
      List<Path> logs = sight.startLogs(instance);
      for (Path log : logs) {
        long starts = sight.startLog(log).lines().filter(line -> line.contains(STARTING)).count();
        if (starts > 1) {
          against.add(
              "%s was started %d times under one number: %s"
                  .formatted(instance.id(), starts, log.getFileName()));
        }
        long ofRun = logs.stream().filter(other -> run(other).equals(run(log))).count();
        if (ofRun > STARTS_PER_RUN) {
          against.add(instance.id() + " was started " + ofRun + " times by run " + run(log));
        }
      }
    }
    return against;
  }

  private static String run(Path log) {
    return log.getFileName().toString().replaceFirst("-[0-9]+\\.log$", "");
  }

  /**
   * Starts from its first act to its end; nobody knows whose they were, so a person's count too.
   *
   * @param starts all of the instance
   */
  static List<String> ofRun(Ran ran, LabInstance instance, List<Instant> starts) {
    Instant first = ran.acts().stream().map(StepRecord::startedAt).findFirst().orElseThrow();
    Instant last = ran.receipt().ending().at();
    long during = starts.stream().filter(at -> !at.isBefore(first) && !at.isAfter(last)).count();
    return during > STARTS_PER_RUN
        ? List.of(
            "%s was started %d times while %s acted".formatted(instance.id(), during, ran.name()))
        : List.of();
  }
}
