package dev.mooring.activities.host;

/**
 * A script that was sent to a host. Closing it does not end its processes there: the script notices
 * when it next writes, and a repeated call finds what it did.
 */
interface RunningScript extends AutoCloseable {

  /** The script's output. */
  Output output();

  /** Gives a script the one word that it asks for; does nothing if it has ended. */
  void say(String word);

  @Override
  void close();
}
