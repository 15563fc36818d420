package dev.mooring.worker.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The connections of one HTTP address: so many of one client's address, and in all. One more, and
 * the connection is closed whose last request began or was answered longest ago. Each is closed if
 * the headers of its next request, or its answer, take too long.
 */
final class Connections extends Handler.Wrapper implements Connection.Listener {
  /** More than the bodies of hooks that are read at once: one more of those is answered. */
  private static final int OF_ONE_ADDRESS = 128;

  private static final int IN_ALL = 512;

  private record Client(String address, Scheduler.Task deadline) {}

  private final Duration within;

  /** The longest unchanged first. */
  private final Map<EndPoint, Client> open = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param within how long the headers of a request may take, and then its answer
   */
  Connections(Handler handler, Duration within) {
    super(handler);
    this.within = within;
  }

  @Override
  public void onOpened(Connection connection) {
    if (!(connection instanceof SslConnection)) {
      oneIfTooMany(connection.getEndPoint()).ifPresent(EndPoint::close);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    EndPoint client = request.getConnectionMetaData().getConnection().getEndPoint();
    changed(client);
    return super.handle(request, response, Callback.from(() -> changed(client), callback));
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    removed(connection.getEndPoint());
  }

  private synchronized Optional<EndPoint> oneIfTooMany(EndPoint client) {
    String address =
        client.getRemoteSocketAddress() instanceof InetSocketAddress at ? at.getHostString() : "";
    add(client, address);
    List<EndPoint> longestFirst =
        open.entrySet().stream()
            .filter(one -> open.size() > IN_ALL || one.getValue().address().equals(address))
            .map(Map.Entry::getKey)
            .toList();
    if (longestFirst.size() <= OF_ONE_ADDRESS) {
      return Optional.empty();
    }
    removed(longestFirst.get(0));
    return Optional.of(longestFirst.get(0));
  }

  private synchronized void changed(EndPoint client) {
    removed(client).ifPresent(before -> add(client, before.address()));
  }

  private void add(EndPoint client, String address) {
    open.put(
        client, new Client(address, getServer().getScheduler().schedule(client::close, within)));
  }

  private Optional<Client> removed(EndPoint client) {
    Optional<Client> before = Optional.ofNullable(open.remove(client));
    before.ifPresent(one -> one.deadline().cancel());
    return before;
  }
}
