package dev.mooring.activities.host;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The output of a running script: written by the thread that reads the host, read by the caller.
 * Its end, for any reason, is an empty chunk.
 */
final class Output extends OutputStream {
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();

  @Override
  public void write(int b) {
    chunks.add(new byte[] {(byte) b});
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length > 0) {
      chunks.add(Arrays.copyOfRange(bytes, offset, offset + length));
    }
  }

  @Override
  public void close() {
    chunks.add(END);
  }

  /** The next chunk, empty at the end; nothing when none came in time. */
  Optional<byte[]> next(Duration atMost) throws InterruptedException {
    return Optional.ofNullable(chunks.poll(atMost.toMillis(), TimeUnit.MILLISECONDS));
  }
}
