package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.runbook.Verdict;
import java.util.List;

/**
 * Whether the hosts of a site have what the instances need beside PostgreSQL. Without the
 * directories of tablespaces replay ends; without libraries and locales a copy does not start, or
 * can't be opened after its proof.
 */
final class NeedsCheck {
  private NeedsCheck() {}

  /**
   * The verdict; its reason names everything that is missing.
   *
   * @param judged the value for the proceed verdict
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
