package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Law 11: Temporal is a gate, not a fence. The primary that a run fenced is refused on its own
 * host, whatever becomes of Temporal: the authority file there says since that run, or a later one,
 * that another may write. The law does not cover hosts that were powered off or attested as lost,
 * nor members that Patroni runs.
 */
final class RefusedOnHost implements Law {
  @Override
  public int number() {
    return 11;
  }

  @Override
  public List<String> against(Observed observed) {
    return observed.ran().stream()
        .filter(Ran::moved)
        .reduce((earlier, later) -> later)
        .map(last -> ofMove(last, observed))
        .orElse(List.of());
  }

  private static List<String> ofMove(Ran ran, Observed observed) {
    if (ran.movedByPatroni() || ran.fencedFromOutside()) {
      return List.of();
    }
    Optional<String> promoted = ran.whose("state", "in production");
    Optional<String> demoted = ran.takenOff();
    if (promoted.isEmpty() || demoted.isEmpty()) {
      return List.of(ran.name() + " promoted an instance, and proves no stop and no start");
    }
    return observed.lab().instances().stream()
        .filter(instance -> instance.id().equals(demoted.orElseThrow()))
        .flatMap(old -> onHost(ran, promoted.orElseThrow(), old, observed.authority(old)).stream())
        .toList();
  }

  /** What is wrong in the demoted instance's authority file since that run. */
  private static List<String> onHost(
      Ran ran, String promoted, LabInstance demoted, Map<String, String> authority) {
    String writer = authority.getOrDefault("writer", "");
    boolean byIt = ran.receipt().run().originalRun().equals(authority.get("writer_run"));
    if (byIt && !writer.isEmpty() && !writer.equals(demoted.id())) {
      return List.of();
    }
    long begun = ran.receipt().steps().get(0).startedAt().toEpochMilli();
    boolean later = !byIt && Long.parseLong(authority.getOrDefault("writer_epoch", "0")) > begun;
    return later
        ? List.of()
        : List.of(
            "%s moved the primary to %s, and the host of %s says %s may write, by run %s"
                .formatted(
                    ran.name(),
                    promoted,
                    demoted.id(),
                    writer.isEmpty() ? "nobody" : writer,
                    authority.getOrDefault("writer_run", "none")));
  }
}
