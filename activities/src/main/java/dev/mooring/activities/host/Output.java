package dev.mooring.activities.host;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The output of a running script: written by the thread that reads the host, read by the caller.
 * Its end, for any reason, is an empty chunk.
 *
 * <p>The bytes that are held of it have a limit, in the queue and at the caller alike. What comes
 * beyond is dropped, without an error and without waiting: the thread that writes serves other
 * channels too.
 */
final class Output extends OutputStream {
  private static final byte[] END = new byte[0];

  /** What an object costs beside its bytes. */
  private static final long OBJECT = 64;

  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
  private final AtomicLong left;
  private volatile boolean overrun;

  /**
   * @param atMost how many bytes may be held
   */
  Output(long atMost) {
    this.left = new AtomicLong(atMost);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length == 0 || overrun) {
      return;
    }
    if (left.addAndGet(-length - OBJECT) < 0) {
      overrun = true;
      close();
      return;
    }
    chunks.add(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Override
  public void close() {
    chunks.add(END);
  }

  /** The next chunk, empty at the end; nothing when none came in time. */
  Optional<byte[]> next(Duration atMost) throws InterruptedException {
    Optional<byte[]> next =
        Optional.ofNullable(chunks.poll(atMost.toMillis(), TimeUnit.MILLISECONDS));
    next.filter(chunk -> chunk.length > 0).ifPresent(chunk -> release(OBJECT));
    return next;
  }

  /** The caller no longer keeps so many bytes of what it took. */
  void release(long bytes) {
    left.addAndGet(bytes);
  }

  /** Whether more came than may be held; nothing is taken any more then. */
  boolean overrun() {
    return overrun;
  }
}
