package dev.mooring.activities.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Offers STARTTLS before a mail server that has none: one connection after another is passed on to
 * it once it is encrypted, and ends there if it is to stay as it is.
 */
final class StartTlsFront implements AutoCloseable {
  private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  private final SSLContext context = SSLContext.getInstance("TLS");
  private final int behind;

  /**
   * Begins to accept connections.
   *
   * @param store has the certificate that it shows
   * @param behind the port of the mail server
   */
  StartTlsFront(Path store, String secret, int behind)
      throws IOException, GeneralSecurityException {
    this.behind = behind;
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(store.toFile(), secret.toCharArray()), secret.toCharArray());
    context.init(keys.getKeyManagers(), null, null);
    Thread serving = new Thread(this::serve, "STARTTLS");
    serving.setDaemon(true);
    serving.start();
  }

  int port() {
    return listening.getLocalPort();
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (Socket client = listening.accept()) {
        serve(client);
      } catch (IOException gone) {
        // the client shows what it misses
      }
    }
  }

  private void serve(Socket client) throws IOException {
    BufferedReader plain = lines(client.getInputStream());
    say(client.getOutputStream(), "220 front ESMTP");
    if (String.valueOf(plain.readLine()).startsWith("EHLO ")) {
      say(client.getOutputStream(), "250-front");
      say(client.getOutputStream(), "250 STARTTLS");
    }
    if ("STARTTLS".equals(plain.readLine())) {
      say(client.getOutputStream(), "220 go ahead");
      try (Socket encrypted = context.getSocketFactory().createSocket(client, null, true);
          Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
        pass(encrypted, server);
      }
    }
  }

  /** The server greets each connection, and the client was greeted before. */
  private static void pass(Socket client, Socket server) throws IOException {
    InputStream answers = server.getInputStream();
    for (int greeting = answers.read(); greeting != '\n'; greeting = answers.read()) {
      if (greeting < 0) {
        throw new IOException("the mail server is gone");
      }
    }
    CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> passOn(answers, client));
    passOn(client.getInputStream(), server);
    answered.join();
  }

  private static void passOn(InputStream from, Socket to) {
    try {
      from.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException gone) {
      // so is the other direction
    }
  }

  private static BufferedReader lines(InputStream from) {
    return new BufferedReader(new InputStreamReader(from, StandardCharsets.US_ASCII));
  }

  private static void say(OutputStream to, String line) throws IOException {
    to.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
