package dev.mooring.activities.host;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The input of a running script: its text, then, if it asks for one, a word. The thread that sends
 * it reads it; a read that waits for a word that never comes ends with {@link #close}.
 */
final class Input extends InputStream {
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
  private final Script script;
  private byte[] rest = END;

  Input(Script script) {
    this.script = script;
  }

  /** Gives the text; if this is closed before, the shell is given none and does nothing. */
  void begin() {
    chunks.add(script.text().getBytes(StandardCharsets.UTF_8));
    if (!script.asks()) {
      close();
    }
  }

  /** Adds the one word that the script asks for. */
  void say(String word) {
    chunks.add(line(word));
    close();
  }

  /** A word as a script reads it. */
  static byte[] line(String word) {
    return (word + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    chunks.add(END);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (rest.length == 0) {
      rest = next();
    }
    if (rest.length == 0) {
      // a reader that goes on past the end finds it again
      close();
      return -1;
    }
    int taken = Math.min(length, rest.length);
    System.arraycopy(rest, 0, into, offset, taken);
    rest = Arrays.copyOfRange(rest, taken, rest.length);
    return taken;
  }

  private byte[] next() {
    try {
      return chunks.take();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return END;
    }
  }
}
