package dev.mooring.contract;

/** What people and faults do behind the ports to a cluster that streams. */
public interface StreamingHands {

  /** Commits a transaction on the primary. */
  void write(String instance);

  /** Its postmaster and all its children are killed. */
  void kill(String instance);

  /** A person starts it with what is configured; whether it came up is seen afterwards. */
  void start(String instance);

  /** A person makes a primary of it. */
  void promote(String instance);

  /** All processes of its server stand still. */
  void freeze(String instance);

  void thaw(String instance);
}
