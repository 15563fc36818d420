package dev.mooring.topology;

/**
 * What a watch does if no member accepts writes: it starts a Failover that waits for a person,
 * once.
 *
 * @param acts whether it also keeps a Failover open that waits until the primary is gone
 */
public record FailoverReaction(boolean acts) {
  /** The setting, as receipts and messages name it; the requester of these runs. */
  public static final String SETTING = "watch.reactions.failover";
}
