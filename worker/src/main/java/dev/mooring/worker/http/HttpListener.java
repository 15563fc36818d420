package dev.mooring.worker.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP address of a worker. A client that connects and sends nothing occupies no thread, and is
 * cut off after 20 s, so that it delays no other client; so is one of too many or too slow {@link
 * Connections}.
 */
public final class HttpListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
  private static final int THREADS = 16;
  private static final long IDLE_MILLIS = 20_000;
  private static final Duration WITHIN = Duration.ofSeconds(60);

  private final Server server;
  private final ServerConnector connector;
  private final String name;

  private HttpListener(Server server, ServerConnector connector, String name) {
    this.server = server;
    this.connector = connector;
    this.name = name;
  }

  /**
   * Begins to answer.
   *
   * @param name of its threads
   * @param host a name or an address without brackets
   * @param port 0 for any that is free
   * @param tls how the server identifies itself to clients; empty for plain HTTP
   * @throws IOException if it can't listen there
   */
  public static HttpListener begin(
      String name, String host, int port, Optional<SslContextFactory.Server> tls, Handler handler)
      throws IOException {
    return begin(name, host, port, tls, WITHIN, handler);
  }

  /**
   * The same.
   *
   * @param within how long a client may take for the headers of a request, or for its answer
   */
  static HttpListener begin(
      String name,
      String host,
      int port,
      Optional<SslContextFactory.Server> tls,
      Duration within,
      Handler handler)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setDaemon(true);
    threads.setName(name);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    HttpConnectionFactory connections = new HttpConnectionFactory(http);
    ServerConnector connector =
        tls.map(shown -> new ServerConnector(server, shown, connections))
            .orElseGet(() -> new ServerConnector(server, connections));
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    Connections limited = new Connections(handler, within);
    connector.addBean(limited, false);
    server.setHandler(limited);
    HttpListener listener = new HttpListener(server, connector, name);
    try {
      server.start();
    } catch (Exception unable) {
      listener.close();
      throw new IOException(String.valueOf(unable.getMessage()), unable);
    }
    return listener;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception unstopped) {
      log.warn("the HTTP address of {} was not closed in order", name, unstopped);
    }
  }
}
