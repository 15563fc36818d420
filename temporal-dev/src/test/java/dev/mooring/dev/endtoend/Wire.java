package dev.mooring.dev.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The wire between one worker and Temporal, which can be cut. */
final class Wire implements AutoCloseable {
  private final ServerSocket entrance;
  private final String host;
  private final int port;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /**
   * @param server host:port
   */
  Wire(String server) {
    int colon = server.lastIndexOf(':');
    this.host = server.substring(0, colon);
    this.port = Integer.parseInt(server.substring(colon + 1));
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  /** Where it begins, host:port. */
  String address() {
    return "127.0.0.1:" + entrance.getLocalPort();
  }

  /** Ends what leads over it, and lets nothing through. */
  void cut() {
    cut = true;
    open.forEach(Wire::end);
  }

  /** Lets new connections through. */
  void mend() {
    cut = false;
  }

  private void accept() throws IOException {
    while (true) {
      Socket caller = entrance.accept();
      if (cut) {
        caller.close();
        continue;
      }
      Socket callee = new Socket(host, port);
      open.addAll(List.of(caller, callee));
      daemon(() -> pass(caller, callee));
      daemon(() -> pass(callee, caller));
    }
  }

  private static void pass(Socket from, Socket to) throws IOException {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      return;
    }
  }

  private interface Act {
    void run() throws IOException;
  }

  private static void daemon(Act act) {
    Thread thread =
        new Thread(
            () -> {
              try {
                act.run();
              } catch (IOException ended) {
                return;
              }
            },
            "wire");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    end(entrance);
    cut();
  }

  private static void end(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      return;
    }
  }
}
