package dev.mooring.starter.temporal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A connection to the Temporal service that is being made. */
public final class Connecting implements AutoCloseable {
  private final CompletableFuture<TemporalServer> server;

  Connecting(CompletableFuture<TemporalServer> server) {
    this.server = server;
  }

  /** The connection, once it stands; or says in one sentence why it does not. */
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

  /** Closes the connection if it stands; waits for none. */
  @Override
  public void close() {
    if (server.isDone() && !server.isCompletedExceptionally()) {
      server.join().close();
    }
  }
}
