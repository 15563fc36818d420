package dev.mooring.dev.tls;

import dev.mooring.dev.lab.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A TLS front before a server that speaks none, as a company has one: HAProxy, which lets nobody
 * through but holders of a certificate of one authority.
 */
public final class TlsFront implements AutoCloseable {

  private static final String CONFIGURATION =
      """
      defaults
        mode tcp
        timeout connect 5s
        timeout client 1h
        timeout server 1h
      frontend temporal
        bind 127.0.0.1:%d ssl crt %s ca-file %s verify required alpn h2
        default_backend temporal
      backend temporal
        server temporal %s
      """;

  private final Process haproxy;
  private final Path log;
  private final int port;

  private TlsFront(Process haproxy, Path log, int port) {
    this.haproxy = haproxy;
    this.log = log;
    this.port = port;
  }

  /**
   * Serves a plain server behind TLS.
   *
   * @param directory where its files are
   * @param shown the certificate it shows
   * @param believed whose certificates it lets in
   * @param behind the server behind it, host:port
   */
  public static TlsFront before(
      Path directory, Authority.Identity shown, Authority believed, String behind) {
    try {
      Path both = directory.resolve("front.pem");
      Files.writeString(
          both, Files.readString(shown.certificate()) + Files.readString(shown.key()));
      int port = freePort();
      Path configuration = directory.resolve("haproxy.cfg");
      Files.writeString(
          configuration, CONFIGURATION.formatted(port, both, believed.certificate(), behind));
      Path log = directory.resolve("haproxy.log");
      Process process =
          new ProcessBuilder(
                  List.of(
                      System.getenv().getOrDefault("MOORING_HAPROXY", "haproxy"),
                      "-db",
                      "-f",
                      configuration.toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      TlsFront front = new TlsFront(process, log, port);
      front.awaitListening();
      return front;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** It has no word for being ready but that it lets connect. */
  private void awaitListening() throws IOException {
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException notYet) {
        if (!haproxy.isAlive()) {
          throw new AssertionError("haproxy ended: " + Files.readString(log), notYet);
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Where it serves, host:port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    haproxy.destroy();
    try {
      if (!Await.ended(haproxy)) {
        haproxy.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      haproxy.destroyForcibly();
    }
  }
}
