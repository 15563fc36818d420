package dev.mooring.dev.scale;

import dev.mooring.dev.scale.FleetSize.Side;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The primaries, each on a port of its host's address. Nothing listens where the copies are. */
final class ServerFleet implements AutoCloseable {
  private final Toll toll;
  private final Selector selector;
  private final List<ServerSocketChannel> listening = new ArrayList<>();

  ServerFleet(FleetSize size, List<Content> contents, Toll toll) {
    this.toll = toll;
    try {
      selector = Selector.open();
      for (int i = 0; i < contents.size(); i++) {
        String address = FleetSize.address(Side.EAST, size.hostOf(i));
        ServerSocketChannel server = ServerSocketChannel.open();
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(new InetSocketAddress(address, FleetSize.port(i)), 16);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, new ServerAnswers(contents.get(i), toll));
        listening.add(server);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon("servers", this::accept);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (selector.isOpen()) {
        selector.select(key -> serve((ServerSocketChannel) key.channel(), key.attachment()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClosedSelectorException closed) {
      return;
    }
  }

  private void serve(ServerSocketChannel server, Object answers) {
    try {
      SocketChannel client = server.accept();
      if (client != null) {
        client.configureBlocking(true);
        daemon("server session", () -> serve(client.socket(), (ServerAnswers) answers));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(Socket client, ServerAnswers answers) {
    toll.enter("sessions");
    try (client) {
      client.setTcpNoDelay(true);
      new Wire(
              new BufferedInputStream(client.getInputStream()),
              new BufferedOutputStream(client.getOutputStream()),
              answers::to)
          .serve();
    } catch (IOException gone) {
      return;
    } finally {
      toll.leave("sessions");
    }
  }

  @Override
  public void close() {
    try {
      selector.close();
      for (ServerSocketChannel server : listening) {
        server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
