package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.port.Runbook;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Law 7: observe, act, observe. A run that reads before it acts does nothing twice: one start per
 * log of a consume, and no run starts an instance more often than twice, promotes it twice, or
 * copies it again unless its receipt says how the copy before ended badly, or a person decided on a
 * retry. A run on running servers starts them into their existing logs, where the times of their
 * starts identify them.
 */
final class DoneOnce implements Law {
  private static final String STARTING = "LOG:  starting PostgreSQL ";
  private static final int STARTS_PER_RUN = 2;

  @Override
  public int number() {
    return 7;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against =
        new ArrayList<>(observed.lab().streams() ? List.of() : startedUnderOneNumber(observed));
    List<Ran> runs =
        observed.ran().stream()
            .filter(
                ran ->
                    Runbook.ofType(ran.runbook()).filter(Runbook::isOfMembers).isPresent()
                        && !ran.acts().isEmpty())
            .toList();
    if (!runs.isEmpty()) {
      for (LabInstance instance : observed.lab().instances()) {
        List<Instant> starts = observed.starts(instance);
        List<Instant> promotions = observed.promotions(instance);
        for (Ran ran : runs) {
          against.addAll(ofRun(ran, instance, "started", starts, STARTS_PER_RUN));
          against.addAll(ofRun(ran, instance, "promoted", promotions, 1));
        }
      }
      runs.forEach(ran -> against.addAll(copied(ran, observed)));
    }
    return against;
  }

  private static List<String> startedUnderOneNumber(Observed observed) {
    List<String> against = new ArrayList<>();
    for (LabInstance instance : observed.west()) {
      List<Path> logs = observed.startLogs(instance);
      for (Path log : logs) {
        long starts = Texts.text(log).lines().filter(line -> line.contains(STARTING)).count();
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
   * The acts on an instance from a run's first act to its end; their author is unknown, so a
   * person's acts count too.
   *
   * @param what the act, such as "started"
   * @param times all the times it was ever done
   * @param atMost as often as a run may do it
   */
  private static List<String> ofRun(
      Ran ran, LabInstance instance, String what, List<Instant> times, int atMost) {
    Instant first = ran.acts().stream().map(StepRecord::startedAt).findFirst().orElseThrow();
    Instant last = ran.receipt().ending().at();
    long during = times.stream().filter(at -> !at.isBefore(first) && !at.isAfter(last)).count();
    return during > atMost
        ? List.of(
            "%s was %s %d times while %s acted".formatted(instance.id(), what, during, ran.name()))
        : List.of();
  }

  /** The base backups that carry the run's label, at whichever server they were taken. */
  private static List<String> copied(Ran ran, Observed observed) {
    String label = "mooring " + ran.receipt().run().originalRun();
    List<LabInstance> all = observed.lab().instances();
    long backups = all.stream().mapToLong(instance -> observed.backups(instance, label)).sum();
    long toldOf = all.stream().filter(instance -> ran.tellsOf(instance.id())).count();
    return backups > mayCopy(ran, toldOf)
        ? List.of("%s took %d base backups, of %d instances".formatted(ran.name(), backups, toldOf))
        : List.of();
  }

  /**
   * How many base backups a run may take.
   *
   * @param toldOf the number of instances in its receipt
   */
  static long mayCopy(Ran ran, long toldOf) {
    return Math.max(1, toldOf) * (1 + ran.decided("retry").count()) + ran.copiesBegunAnew();
  }
}
