package dev.mooring.runbook.failover;

import dev.mooring.runbook.StepGroup;
import java.util.List;
import java.util.stream.Collectors;

/** The acts of a failover after everything was observed again under the locks. */
interface FailoverActs extends StepGroup {
  /** Separators after which a sentence goes into details that a headline has no room for. */
  String DETAIL = ", | \\(|;|: `";

  /** Keeps the old primary from writing, and proves it where that is possible. */
  void fence();

  /** Promotes the candidate, with the point of no return; throws after a roll-back. */
  void promote();

  /** Makes standbys and endpoints follow the new primary, and verifies it; returns a headline. */
  String followNewPrimary();

  /** The degraded facts in their shortest form, as the beginning of a headline. */
  static String inShort(List<String> degraded) {
    return degraded.isEmpty()
        ? ""
        : "degraded: "
            + degraded.stream()
                .map(one -> one.split(DETAIL, 2)[0])
                .collect(Collectors.joining(" and "))
            + "; ";
  }
}
