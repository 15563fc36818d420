package dev.mooring.dev.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A wire to one server that is cut at one message: what a client sends is passed on until a text
 * occurs in it, then something happens to the server or to the message.
 */
public final class Tap implements AutoCloseable {
  private final ServerSocket listening;
  private final String address;
  private final int port;
  private final byte[] text;
  private final Reaction reaction;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch reacted = new CountDownLatch(1);

  /** What happens when the text is reacted. */
  public interface Reaction {
    /** True when the message is to be passed on after all. */
    boolean onHearing();
  }

  public Tap(String address, int port, String text, Reaction reaction) throws IOException {
    this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    this.address = address;
    this.port = port;
    this.text = text.getBytes(StandardCharsets.UTF_8);
    this.reaction = reaction;
    background(this::accept);
  }

  public String address() {
    return "127.0.0.1";
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Returns once the text was heard and what is to happen has happened. */
  void awaitReacted() throws InterruptedException {
    reacted.await();
  }

  private void accept() {
    try {
      while (!listening.isClosed()) {
        Socket client = listening.accept();
        Socket server = new Socket(address, port);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        open.add(client);
        open.add(server);
        background(() -> pass(client, server, true));
        background(() -> pass(server, client, false));
      }
    } catch (IOException closed) {
      closeAll();
    }
  }

  private void pass(Socket from, Socket to, boolean fromClient) {
    byte[] buffer = new byte[65536];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (fromClient && holds(buffer, read)) {
          boolean passOn = reaction.onHearing();
          reacted.countDown();
          if (!passOn) {
            continue;
          }
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException cut) {
      return;
    }
  }

  private boolean holds(byte[] buffer, int length) {
    return new String(buffer, 0, length, StandardCharsets.ISO_8859_1)
        .contains(new String(text, StandardCharsets.ISO_8859_1));
  }

  private static void background(Runnable work) {
    Thread thread = new Thread(work, "tap");
    thread.setDaemon(true);
    thread.start();
  }

  private void closeAll() {
    open.forEach(Tap::cut);
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyCut) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    closeAll();
  }
}
