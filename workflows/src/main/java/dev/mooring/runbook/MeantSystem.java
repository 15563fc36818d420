package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.topology.ClusterName;

/** Whether the named cluster is the intended one: its name may be confused with another's. */
public final class MeantSystem {
  private MeantSystem() {}

  /**
   * Refuses the run if the digits don't match the system identifier.
   *
   * @param system of the member that accepts writes
   * @param ends the digits, or empty if no person was asked for them
   */
  public static void refuseUnless(ClusterName cluster, SystemIdentifier system, String ends) {
    if (!system.endsWith(ends)) {
      throw RunbookStop.refused(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "the system identifier of cluster %s is %s, it does not end with %s: another cluster"
                  + " was named than was meant",
              cluster, system, ends));
    }
  }

  /** The text for a receipt; empty if no person was asked. */
  public static String inWords(String ends) {
    return ends.isEmpty() ? "" : ", of a system whose identifier ends with " + ends;
  }
}
