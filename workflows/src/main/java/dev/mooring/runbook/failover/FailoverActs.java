package dev.mooring.runbook.failover;

import dev.mooring.runbook.StepGroup;
import java.util.List;
import java.util.stream.Collectors;

/** The acts of a failover after everything was observed again under the locks. */
interface FailoverActs extends StepGroup {
  /** Separators after which a sentence goes into details that a headline has no room for. */
  String DETAIL = ", | \\(|;|: `";

  /** Returns a headline once the candidate is the primary; throws after a roll-back. */
  String make();

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
