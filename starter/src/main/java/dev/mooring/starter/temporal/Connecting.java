package dev.mooring.starter.temporal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A connection to the Temporal service that is being made. */
public final class Connecting implements AutoCloseable {
  private final CompletableFuture<TemporalServer> server;

  Connecting(CompletableFuture<TemporalServer> server) {
    this.server = server;
  }

  /** The connection, once it is open; a failure is reported in one sentence. */
  public TemporalServer server() {
    try {
      return server.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException why) {
        throw why;
      }
      throw failed;
    }
  }

  /** Closes the connection if it is open; does not wait. */
  @Override
  public void close() {
    if (server.isDone() && !server.isCompletedExceptionally()) {
      server.join().close();
    }
  }
}
