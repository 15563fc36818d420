package dev.mooring.activities.host;

/**
 * A script that a host was given. Closing it leaves what runs there to itself: it notices when it
 * next speaks, and a repeated call finds what it did.
 */
interface RunningScript extends AutoCloseable {

  /** What it says. */
  Output output();

  @Override
  void close();
}
