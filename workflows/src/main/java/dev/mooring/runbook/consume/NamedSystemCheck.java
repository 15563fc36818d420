package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.ContentId;
import java.util.List;
import java.util.Optional;

/**
 * Whether the named cluster is the intended one: a name is easily confused, the last digits of a
 * system identifier are typed from what the right cluster shows. Each content has its own
 * identifier; that of content 0 identifies the cluster.
 */
final class NamedSystemCheck {
  private static final ContentId FIRST = new ContentId(0);

  private NamedSystemCheck() {}

  /**
   * The verdict on the copies as observed.
   *
   * @param ends the digits that were typed, or empty if no person was asked for them
   */
  static Verdict<List<Seen>> judge(String ends, List<Seen> seen) {
    if (ends.isEmpty()) {
      return Verdict.proceed(seen);
    }
    Optional<Seen> first =
        seen.stream().filter(one -> one.instance().content().equals(FIRST)).findFirst();
    if (first.isEmpty()) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          "the request names a system identifier that ends with "
              + ends
              + ", and no copy of content 0 was read");
    }
    SystemIdentifier system = first.get().observed().control().systemIdentifier();
    return system.endsWith(ends)
        ? Verdict.proceed(seen)
        : Verdict.never(
            FailureCode.IDENTITY_DIFFERS,
            String.format(
                "the request names a system identifier that ends with %s, %s of content 0 is of"
                    + " system %s",
                ends, first.get().instance().id(), system));
  }
}
