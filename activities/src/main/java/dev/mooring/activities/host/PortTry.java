package dev.mooring.activities.host;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * The result of a connection to a port, before any data is sent.
 *
 * @param words the error, for people; empty if the connection was accepted
 */
public record PortTry(Came came, String words) {

  /** The results that can be distinguished. */
  public enum Came {
    /** The host's kernel took it. */
    TAKEN,
    /** The host's kernel reports that no process listens there. */
    REFUSED,
    /** The connection failed in another way, and something answered. */
    BROKEN,
    /** Nothing came back in time. */
    SILENT,
    /** The network reports that there is no such host. */
    NO_ROUTE,
    /** The name has no address here: nothing was tried. */
    NO_ADDRESS
  }

  /** One attempt; its connection is closed at once. */
  public static PortTry at(String address, int port, Duration within) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), (int) within.toMillis());
      return new PortTry(Came.TAKEN, "");
    } catch (SocketTimeoutException silent) {
      return new PortTry(Came.SILENT, "nothing came back in " + within.toMillis() + " ms");
    } catch (UnknownHostException unnamed) {
      return new PortTry(Came.NO_ADDRESS, "no address is known for " + address);
    } catch (NoRouteToHostException nowhere) {
      return new PortTry(Came.NO_ROUTE, String.valueOf(nowhere.getMessage()));
    } catch (ConnectException refused) {
      String said = String.valueOf(refused.getMessage());
      return new PortTry(said.contains("unreachable") ? Came.NO_ROUTE : Came.REFUSED, said);
    } catch (IOException other) {
      return new PortTry(Came.BROKEN, String.valueOf(other.getMessage()));
    }
  }
}
