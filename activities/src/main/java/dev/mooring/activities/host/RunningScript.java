package dev.mooring.activities.host;

/**
 * A script that a host was given. Closing it leaves what runs there to itself: it notices when it
 * next speaks, and a repeated call finds what it did.
 */
interface RunningScript extends AutoCloseable {

  /** What it says. */
  Output output();

  /** Gives a script the one word that it asks for; one that has ended needs none any more. */
  void say(String word);

  @Override
  void close();
}
