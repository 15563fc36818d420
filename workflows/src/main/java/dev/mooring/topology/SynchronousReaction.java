package dev.mooring.topology;

/**
 * What a watch does if commits of the primary do not wait for the standbys that stream: it starts a
 * ReplicationSetup that sets synchronous_standby_names, once.
 *
 * @param acts whether that run is approved by the cluster file; otherwise it waits for a person
 */
public record SynchronousReaction(boolean acts) {
  /** The setting, as receipts and messages name it. */
  public static final String SETTING = "watch.reactions.synchronous";

  /** The value of the setting. */
  public String inWords() {
    return acts ? "act" : "propose";
  }
}
