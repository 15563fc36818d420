package dev.mooring.topology;

/**
 * What a watch does about a standby that does not stream: it starts a Resilver, once.
 *
 * @param acts whether that run is approved by the cluster file; otherwise it waits for a person
 * @param afterLooks how many looks in a row must show that the standby does not stream
 */
public record ResilverReaction(boolean acts, int afterLooks) {
  /** The setting, as receipts and messages name it. */
  public static final String SETTING = "watch.reactions.resilver";

  /** The value of the setting. */
  public String inWords() {
    return acts ? "act" : "propose";
  }
}
