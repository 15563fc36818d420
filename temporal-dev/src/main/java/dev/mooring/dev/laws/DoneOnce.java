package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Law 7: observe, act, observe. Whoever looks before acting does nothing twice: one start per log,
 * and no run starts an instance more often than twice.
 */
final class DoneOnce implements Law {
  private static final String STARTING = "LOG:  starting PostgreSQL ";
  private static final int STARTS_PER_RUN = 2;

  @Override
  public int number() {
    return 7;
  }

  @Override
  public List<String> against(Sight sight) {
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
}
