package dev.mooring.dev.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Leads to a server's port, and cuts or holds each connection when so many bytes were sent. */
public final class CuttingWire implements AutoCloseable {

  /** What becomes of a connection at the limit. */
  public enum Fate {
    CUT,
    HELD
  }

  private final ServerSocket entrance;
  private final InetSocketAddress server;
  private final int limit;
  private final Fate fate;
  private final AtomicInteger reached = new AtomicInteger();

  /**
   * @param server the port of loopback it leads to
   * @param limit the bytes of each connection that get through to the server
   */
  public CuttingWire(int server, int limit, Fate fate) throws IOException {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), server), limit, fate);
  }

  /** Leads to a server of that address. */
  public CuttingWire(InetSocketAddress server, int limit, Fate fate) throws IOException {
    this.server = server;
    this.limit = limit;
    this.fate = fate;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public int port() {
    return entrance.getLocalPort();
  }

  /** How many connections met the limit. */
  public int reached() {
    return reached.get();
  }

  private void accept() throws IOException {
    while (true) {
      Socket caller = entrance.accept();
      Socket callee = new Socket(server.getAddress(), server.getPort());
      daemon(() -> forward(caller, callee));
      daemon(() -> callee.getInputStream().transferTo(caller.getOutputStream()));
    }
  }

  private void forward(Socket caller, Socket callee) throws IOException {
    InputStream in = caller.getInputStream();
    OutputStream out = callee.getOutputStream();
    byte[] buffer = new byte[4096];
    int left = limit;
    int read = in.read(buffer, 0, Math.min(buffer.length, left));
    while (read > 0) {
      out.write(buffer, 0, read);
      out.flush();
      left -= read;
      read = left == 0 ? 0 : in.read(buffer, 0, Math.min(buffer.length, left));
    }
    if (left == 0) {
      reached.incrementAndGet();
    }
    if (left > 0 || fate == Fate.CUT) {
      caller.close();
      callee.close();
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
  }

  private interface Act {
    void run() throws IOException;
  }

  /** A connection that ends is the ordinary end of its threads. */
  private static void daemon(Act act) {
    Thread thread =
        new Thread(
            () -> {
              try {
                act.run();
              } catch (IOException ended) {
                Thread.currentThread().interrupt();
              }
            },
            "cutting wire");
    thread.setDaemon(true);
    thread.start();
  }
}
