package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Law 11: Temporal is a gate, not a fence. What refuses the primary that a run took off stands on
 * its own host, whatever becomes of Temporal: the authority there says since that run, or a later
 * one, that another may write.
 */
final class RefusedOnHost implements Law {
  @Override
  public int number() {
    return 11;
  }

  @Override
  public List<String> against(Sight sight) {
    List<String> against = new ArrayList<>();
    List<Ran> moves = sight.ran().stream().filter(Ran::moved).toList();
    for (Ran ran : moves.subList(Math.max(0, moves.size() - 1), moves.size())) {
      Optional<String> promoted = ran.whose("state", "in production");
      Optional<String> demoted = ran.whose("state", "shut down");
      if (promoted.isEmpty() || demoted.isEmpty()) {
        against.add(ran.name() + " promoted somebody, and proves no stop and no start");
        continue;
      }
      for (LabInstance instance : sight.lab().instances()) {
        if (instance.id().equals(demoted.orElseThrow())) {
          against.addAll(onHost(ran, promoted.orElseThrow(), instance, sight.authority(instance)));
        }
      }
    }
    return against;
  }

  /**
   * What the host of the demoted instance says of who may write since that run, if that is wrong.
   */
  static List<String> onHost(
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
