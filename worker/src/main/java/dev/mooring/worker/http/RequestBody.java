package dev.mooring.worker.http;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Promise;

/** The body of a request, which must be there within 5 s; no thread waits for it. */
public final class RequestBody {
  private static final long WITHIN_SECONDS = 5;

  private RequestBody() {}

  /** A body, or why it is refused. */
  public static final class Read {
    private final byte[] bytes;
    private final int status;
    private final String refusal;

    private Read(byte[] bytes, int status, String refusal) {
      this.bytes = bytes;
      this.status = status;
      this.refusal = refusal;
    }

    private static Read refused(int status, String sentence) {
      return new Read(new byte[0], status, sentence);
    }

    /** Whether it was read. */
    public boolean isWhole() {
      return refusal.isEmpty();
    }

    /** The whole body; none if it is refused. */
    public byte[] bytes() {
      return bytes.clone();
    }

    /** 200, or why it is refused: 400, 408 or 413. */
    public int status() {
      return status;
    }

    /** The sentence that the client is answered; empty if it was read. */
    public String refusal() {
      return refusal;
    }
  }

  /**
   * Reads the whole body.
   *
   * @param atMost how many bytes it may have
   * @param tooLarge the sentence for a longer body
   */
  public static CompletableFuture<Read> read(Request request, int atMost, String tooLarge) {
    if (request.getLength() > atMost) {
      return CompletableFuture.completedFuture(Read.refused(413, tooLarge));
    }
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    Content.Source.asByteArrayAsync(request, atMost, Promise.Invocable.toPromise(body));
    return body.orTimeout(WITHIN_SECONDS, TimeUnit.SECONDS)
        .handle(
            (bytes, failed) -> failed == null ? new Read(bytes, 200, "") : read(failed, tooLarge));
  }

  private static Read read(Throwable failed, String tooLarge) {
    if (failed instanceof TimeoutException) {
      return Read.refused(408, "the body did not come within " + WITHIN_SECONDS + " s");
    }
    return failed instanceof IOException
        ? Read.refused(400, "the body can't be read: " + failed)
        : Read.refused(413, tooLarge);
  }
}
