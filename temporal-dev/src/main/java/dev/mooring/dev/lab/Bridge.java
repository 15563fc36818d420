package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The network of a lab whose hosts have network namespaces: a bridge of the machine, at the first
 * address, to which a pair of virtual Ethernet devices connects each host. It is isolated.
 */
final class Bridge {
  private static final Path DEVICES = Path.of("/sys/class/net");

  /** The name of a host's end of the pair. */
  static final String INSIDE = "eth0";

  private final String network;
  private final String device;

  /**
   * @param network the first three numbers of its addresses, such as 198.19.37
   */
  Bridge(String network) {
    this.network = network;
    // the kernel allows a device's name 15 characters; a host's address adds four
    this.device = "ml" + network.substring(network.indexOf('.') + 1).replace('.', '-');
  }

  /** The machine's own address in a network. */
  static String address(String network) {
    return network + ".1";
  }

  /** Whether any device of it is on this machine. */
  boolean exists() {
    return !devices().isEmpty();
  }

  void make() {
    ip("link", "add", device, "type", "bridge");
    ip("address", "add", address(network) + "/24", "dev", device);
    ip("link", "set", device, "up");
  }

  /** Ties the network namespace of that process to this network, at the host's address. */
  void tie(LabHost host, LabProcess keeper) {
    String outside = device + host.address().substring(network.length()).replace('.', '-');
    String pid = Long.toString(keeper.pid());
    ip("link", "add", outside, "type", "veth", "peer", "name", INSIDE, "netns", pid);
    ip("link", "set", outside, "master", device, "up");
    within(pid, "link", "set", "lo", "up");
    within(pid, "address", "add", host.address() + "/24", "dev", INSIDE);
    within(pid, "link", "set", INSIDE, "up");
  }

  /** Removes all devices of it. */
  void remove() {
    // a host's device disappears with its namespace, sooner or later
    devices()
        .forEach(
            name -> Command.attempt(Path.of("/"), List.of(ip(), "link", "delete", name), Map.of()));
    if (exists()) {
      throw new LabFailure("network devices are left: " + devices());
    }
  }

  private List<String> devices() {
    try (Stream<Path> all = Files.list(DEVICES)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.equals(device) || name.startsWith(device + "-"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable " + DEVICES, e);
    }
  }

  private static void within(String pid, String... arguments) {
    run(List.of("nsenter", "--target", pid, "--net", ip()), arguments);
  }

  private static void ip(String... arguments) {
    run(List.of(ip()), arguments);
  }

  private static void run(List<String> program, String... arguments) {
    Command.run(Path.of("/"), Command.join(program, List.of(arguments)), Map.of());
  }

  /** The program that configures it. */
  static String ip() {
    return Isolation.ipProgram()
        .orElseThrow(() -> new LabFailure("no program ip\nHINT: install iproute2."));
  }
}
