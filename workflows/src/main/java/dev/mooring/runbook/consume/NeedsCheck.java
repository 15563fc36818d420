package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.runbook.Verdict;
import java.util.List;

/**
 * Whether the hosts of a site have what is needed there beside PostgreSQL: the directories of
 * tablespaces, without which replay ends, libraries and locales, without which a copy does not
 * start or, proved as it is, can't be opened.
 */
final class NeedsCheck {
  private NeedsCheck() {}

  /**
   * The verdict, which names everything that is missing.
   *
   * @param judged what it continues with
   */
  static <T> Verdict<T> judge(T judged, List<InstanceMissing> seen) {
    List<String> lacking =
        seen.stream()
            .filter(one -> !one.missing().isEmpty())
            .map(one -> one.instance() + ": " + String.join(", ", one.missing()))
            .toList();
    return lacking.isEmpty()
        ? Verdict.proceed(judged)
        : Verdict.never(FailureCode.MISSING_ON_HOST, String.join("; ", lacking));
  }
}
