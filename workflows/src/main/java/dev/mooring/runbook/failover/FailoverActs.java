package dev.mooring.runbook.failover;

import dev.mooring.runbook.StepGroup;
import java.util.List;
import java.util.stream.Collectors;

/** What is done once all was looked at under the locks. */
interface FailoverActs extends StepGroup {
  /** What begins the detail of a sentence, which a headline has no room for. */
  String DETAIL = ", | \\(|;|: `";

  /** Ends with the candidate as the primary, or throws after the roll-back; a headline. */
  String make();

  /** What is less than wanted, each as short as it can be said, as a piece of a headline. */
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
