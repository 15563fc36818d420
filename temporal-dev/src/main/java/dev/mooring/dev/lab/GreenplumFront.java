package dev.mooring.dev.lab;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A proxy before a PostgreSQL server of a {@code greenplum-like} lab, because PostgreSQL refuses a
 * start-up message with Greenplum's setting {@code gp_role}: it removes that setting and passes it
 * on as {@code greenplum.role}. A segment accepts no connection without it, as in Greenplum. Before
 * each {@code ARRAY(SELECT} it puts the operator {@code @} of {@code greenplum-like.sql}, in place
 * of a blank: if no row is found Greenplum answers NULL, not an empty array. What Greenplum has in
 * pg_catalog is in schema {@code greenplum} there, so a path of pg_catalog begins with that one.
 * Everything else passes unread.
 *
 * <p>A program of one class, so that it can be copied to where the servers' account reads it.
 * Arguments: address, then for each server the port to listen on, the server's port, and {@code
 * coordinator} or {@code segment}.
 */
final class GreenplumFront {
  private static final int PROTOCOL_3 = 3 << 16;
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;
  private static final int LARGEST_START = 10_000;
  private static final int LARGEST_PIECE = 65_536;

  private final InetAddress address;
  private final int serverPort;
  private final boolean segment;

  private GreenplumFront(InetAddress address, int serverPort, boolean segment) {
    this.address = address;
    this.serverPort = serverPort;
    this.segment = segment;
  }

  /** Serves until it is killed. */
  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.getByName(arguments[0]);
    for (int i = 1; i < arguments.length; i += 3) {
      ServerSocket listening = new ServerSocket(Integer.parseInt(arguments[i]), 64, address);
      GreenplumFront front =
          new GreenplumFront(
              address, Integer.parseInt(arguments[i + 1]), arguments[i + 2].equals("segment"));
      new Thread(() -> front.serve(listening), "front-" + arguments[i]).start();
    }
  }

  private void serve(ServerSocket listening) {
    while (true) {
      try {
        Socket client = listening.accept();
        inBackground(() -> connect(client));
      } catch (IOException gone) {
        return;
      }
    }
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "front-connection");
    thread.setDaemon(true);
    thread.start();
  }

  private void connect(Socket client) {
    try (client) {
      byte[] start = start(client);
      if (ByteBuffer.wrap(start).getInt() == PROTOCOL_3 && segment && role(start).isEmpty()) {
        client.getOutputStream().write(refusal());
        return;
      }
      try (Socket server = new Socket(address, serverPort)) {
        // as a server's own sockets: else a message of several writes waits 40 ms for the other
        // side
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        OutputStream out = server.getOutputStream();
        out.write(withRole(start));
        inBackground(() -> pass(server, client));
        passQueries(client, server);
      }
    } catch (IOException gone) {
      // the client sees its socket closed
      return;
    }
  }

  /** The start-up message without its length; a wish for encryption is declined first. */
  private static byte[] start(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    while (true) {
      int length = in.readInt();
      if (length < 8 || length > LARGEST_START) {
        throw new EOFException("no start-up message");
      }
      byte[] start = in.readNBytes(length - 4);
      int code = ByteBuffer.wrap(start).getInt();
      if (code != SSL_REQUEST && code != GSS_REQUEST) {
        return start;
      }
      client.getOutputStream().write('N');
    }
  }

  private static String role(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8);
    int at = text.indexOf("-c gp_role=");
    return at < 0 ? "" : text.substring(at + "-c gp_role=".length()).split("[\\x00 ]", 2)[0];
  }

  private static byte[] withRole(byte[] start) {
    byte[] changed =
        ByteBuffer.wrap(start).getInt() == PROTOCOL_3
            ? new String(start, StandardCharsets.ISO_8859_1)
                .replace("-c gp_role=", "-c greenplum.role=")
                .replace("search_path=pg_catalog", "search_path=greenplum,pg_catalog")
                .getBytes(StandardCharsets.ISO_8859_1)
            : start;
    return ByteBuffer.allocate(changed.length + 4).putInt(changed.length + 4).put(changed).array();
  }

  private static byte[] refusal() {
    byte[] fields =
        "SFATAL\0VFATAL\0C57P03\0Mconnections to primary segments are not allowed\0\0"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(fields.length + 5)
        .put((byte) 'E')
        .putInt(fields.length + 4)
        .put(fields)
        .array();
  }

  /** The length stays the same; a query that comes in two pieces may pass unchanged. */
  private static void passQueries(Socket client, Socket server) {
    byte[] piece = new byte[LARGEST_PIECE];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        String asked = new String(piece, 0, read, StandardCharsets.ISO_8859_1);
        String changed = asked.replaceAll("[ \n]ARRAY\\(SELECT", "@ARRAY(SELECT");
        out.write(changed.getBytes(StandardCharsets.ISO_8859_1));
      }
      server.close();
    } catch (IOException gone) {
      // the other direction ends by the same close
      return;
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
      to.close();
    } catch (IOException gone) {
      // the other direction ends by the same close
      return;
    }
  }
}
