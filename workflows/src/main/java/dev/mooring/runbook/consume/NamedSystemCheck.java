package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.ContentId;
import java.util.List;
import java.util.Optional;

/**
 * Whether the cluster that was named is the one that is meant: a cluster's name may be mistaken for
 * another's, the last digits of a database system's identifier are typed from what it shows. Each
 * content has an identifier of its own; that of content 0 identifies the cluster.
 */
final class NamedSystemCheck {
  private static final ContentId FIRST = new ContentId(0);

  private NamedSystemCheck() {}

  /**
   * The verdict on the copies as they were seen.
   *
   * @param ends the digits that were typed, or empty if no person was asked
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
