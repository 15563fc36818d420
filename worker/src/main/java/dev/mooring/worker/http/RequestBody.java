package dev.mooring.worker.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Promise;

/** The body of a request, which must be there in time; no thread waits for it. */
public final class RequestBody {
  /** How long a body may take. */
  public static final Duration WITHIN = Duration.ofSeconds(5);

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

    /** A body that is not read to its end. */
    public static Read refused(int status, String sentence) {
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

    /** 200, or why it is refused: 400, 408 or 413, or as its caller said. */
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
   * @param within how long it may take
   */
  public static CompletableFuture<Read> read(
      Request request, int atMost, String tooLarge, Duration within) {
    if (request.getLength() > atMost) {
      return CompletableFuture.completedFuture(Read.refused(413, tooLarge));
    }
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    Content.Source.asByteArrayAsync(request, atMost, Promise.Invocable.toPromise(body));
    return body.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (bytes, failed) ->
                failed == null ? new Read(bytes, 200, "") : refused(failed, tooLarge, within));
  }

  private static Read refused(Throwable failed, String tooLarge, Duration within) {
    if (failed instanceof TimeoutException) {
      return Read.refused(408, "the body did not come within " + within.toSeconds() + " s");
    }
    return failed instanceof IOException
        ? Read.refused(400, "the body can't be read: " + failed)
        : Read.refused(413, tooLarge);
  }
}
