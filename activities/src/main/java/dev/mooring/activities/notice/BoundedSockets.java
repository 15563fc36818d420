package dev.mooring.activities.notice;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets to a mail server whose answers end at 1 MiB: the library reads a line of any length, and
 * before TLS anybody on the network can answer.
 */
final class BoundedSockets extends SocketFactory {
  static final long ANSWERS_AT_MOST = 1L << 20;

  private static final class Bounded extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        private long left = ANSWERS_AT_MOST;

        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
          if (left <= 0) {
            throw new IOException("the mail server's answers exceed " + ANSWERS_AT_MOST + " B");
          }
          int read = super.read(into, from, (int) Math.min(length, left));
          left -= Math.max(read, 0);
          return read;
        }
      };
    }
  }

  @Override
  public Socket createSocket() {
    return new Bounded();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw unused();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
    throw unused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw unused();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("the mail library connects a socket itself");
  }
}
