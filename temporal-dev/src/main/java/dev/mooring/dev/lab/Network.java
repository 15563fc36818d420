package dev.mooring.dev.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * The networks of the labs on this machine, one per lab, reserved by a file that names the lab's
 * directory. A reservation whose lab is gone is void.
 *
 * <p>Hosts that share the machine's network have loopback addresses, 127.X.Y.Z, and a network is
 * taken only if every port of the lab can be bound there. Hosts with network namespaces have
 * addresses of 198.19.0.0/16, which is set aside for tests of networks (RFC 2544).
 */
final class Network {
  private static final Path RESERVATIONS = Path.of("/tmp", "mooring-lab-networks");
  private static final int ATTEMPTS = 200;
  private static final int LOWEST = 16;
  private static final int HIGHEST = 250;

  private Network() {}

  /** Reserves a network for a lab. */
  static synchronized String reserve(
      Path lab, Isolation isolation, Function<String, Layout> layout) {
    try (FileChannel lock = lock();
        var held = lock.lock()) {
      for (int attempt = 0; attempt < ATTEMPTS && held.isValid(); attempt++) {
        boolean apart = isolation == Isolation.NETWORK;
        String network = (apart ? "198.19." : "127." + random() + ".") + random();
        Path reservation = RESERVATIONS.resolve(network);
        if (isFree(reservation)
            && (apart ? !new Bridge(network).exists() : canBind(layout.apply(network)))) {
          Files.writeString(reservation, lab.toString());
          return network;
        }
      }
      throw new LabFailure(
          "no free network after %d attempts\nHINT: look into %s for labs that were left."
              .formatted(ATTEMPTS, RESERVATIONS));
    } catch (IOException e) {
      throw new LabFailure("could not reserve a network in " + RESERVATIONS, e);
    }
  }

  /** Gives the network back, if the lab holds it. */
  static void release(Path lab, String network) {
    Path reservation = RESERVATIONS.resolve(network);
    try {
      if (Files.exists(reservation) && Files.readString(reservation).equals(lab.toString())) {
        Files.delete(reservation);
      }
    } catch (IOException e) {
      throw new LabFailure("could not release the network reservation " + reservation, e);
    }
  }

  private static FileChannel lock() throws IOException {
    if (!Files.isDirectory(RESERVATIONS)) {
      Files.createDirectories(RESERVATIONS);
      Files.setAttribute(RESERVATIONS, "unix:mode", 01777);
    }
    Path file = RESERVATIONS.resolve("lock");
    boolean first = !Files.exists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (first) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
    return channel;
  }

  private static boolean isFree(Path reservation) throws IOException {
    if (!Files.exists(reservation)) {
      return true;
    }
    // a directory that may not be looked at is not a directory that is gone
    if (!Files.notExists(Path.of(Files.readString(reservation)))) {
      return false;
    }
    Files.delete(reservation);
    return true;
  }

  private static boolean canBind(Layout layout) {
    List<InetSocketAddress> needed =
        java.util.stream.Stream.concat(
                layout.hosts().stream().map(h -> address(h.address(), h.sshPort())),
                layout.instances().stream().map(i -> address(i.host().address(), i.port())))
            .toList();
    return needed.stream().allMatch(Network::canBind);
  }

  private static boolean canBind(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static InetSocketAddress address(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (java.net.UnknownHostException e) {
      throw new LabFailure("not an address: " + address, e);
    }
  }

  private static int random() {
    return ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
  }
}
