package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LawBroken;
import dev.mooring.dev.ledger.LoadRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Clients that write to production while the tests of a stage run, and the comparison of both sides
 * with what was acknowledged to them: on the primaries nothing of it is lost; at a site that was
 * moored since, opened aside, everything from before its point is there and nothing from behind it,
 * and no transfer is torn. What a test broke by hand it says beforehand, with the reason.
 */
final class Clients {
  /** What is compared. */
  enum Side {
    PRODUCTION,
    COPIES
  }

  private final Lab lab;
  private final Sites sites;
  private final Map<Side, String> excused = new EnumMap<>(Side.class);
  private Optional<LoadRun> writing = Optional.empty();
  private Optional<String> never = Optional.empty();
  private Optional<String> silent = Optional.empty();
  private boolean wrote;

  /** The point at which the copies were found exact, or stood when this began. */
  private Optional<String> compared = Optional.empty();

  Clients(Lab lab) {
    this.lab = lab;
    this.sites = new Sites(lab);
  }

  /** Lets no client write in any test of the stage. */
  void never(String reason) {
    never = Optional.of(reason);
  }

  /** Leaves out a side that the test itself breaks by hand. */
  void without(Side side, String reason) {
    excused.put(side, reason);
  }

  /** Begins to write; waits for nothing. */
  void begin() {
    excused.clear();
    silent = Optional.empty();
    compared = sites.mooredAtIfAny();
    goOn();
  }

  private void goOn() {
    if (never.isEmpty() && silent.isEmpty() && writing.isEmpty()) {
      wrote = true;
      writing = Optional.of(lab.load().startHere());
    }
  }

  /** Lets production be silent for the rest of the test; what was written counts nevertheless. */
  void silence(String reason) {
    silent = Optional.of(reason);
    stop();
  }

  /** Stops writing; nothing is left half done. */
  void stop() {
    writing.ifPresent(LoadRun::stop);
    writing = Optional.empty();
  }

  /** Compares production, and the copies if they were moored since; then goes on writing. */
  void assertExact() {
    if (wrote) {
      compareProduction();
      compareCopies();
      goOn();
    }
  }

  private void compareProduction() {
    if (excused.containsKey(Side.PRODUCTION)) {
      cutOff();
      return;
    }
    for (LabInstance east : lab.instancesAt("east")) {
      if (!lab.isRunning(east) && !isFenced(east)) {
        lab.start(east);
      }
    }
    stop();
    requireNone("production", lab.load().checkPrimaries().faults());
  }

  /** An old primary that another took the place of: nobody may start it. */
  private static boolean isFenced(LabInstance instance) {
    try {
      return Files.readString(instance.dataDirectory().resolve("postgresql.auto.conf"))
          .contains("mooring_fenced_epoch_");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compareCopies() {
    Optional<String> point = sites.mooredAtIfAny();
    if (point.isPresent() && !point.equals(compared) && !excused.containsKey(Side.COPIES)) {
      try (SiteCopy copy = lab.openCopy("west")) {
        requireNone(
            "the west at " + point.get(),
            lab.load().check(copy, sites.madeBy(point.get())).faults());
      }
      compared = point;
    }
  }

  private static void requireNone(String where, List<String> faults) {
    LawBroken.unless(faults.isEmpty(), where + " is not exact: " + String.join("; ", faults));
  }

  /** Ends the clients as a crash would, for what they write to is about to go. */
  void cutOff() {
    writing.ifPresent(LoadRun::abandon);
    writing = Optional.empty();
  }
}
