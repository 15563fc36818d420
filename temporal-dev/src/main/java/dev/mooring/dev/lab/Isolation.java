package dev.mooring.dev.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How far the hosts of a lab are apart, beside the address, SSH server and key each has. */
enum Isolation {
  /** They share files and network: all that a lab of anybody but root can have. */
  OFF,
  /** Each has a mount namespace, in which no other host's files exist. */
  MOUNT,
  /** Each host has a network namespace too, connected to the others by a {@link Bridge}. */
  NETWORK;

  /** Names one of these constants: the most isolation for root's labs. */
  static final String VARIABLE = "MOORING_LAB_NAMESPACES";

  /** The furthest that root can have on this machine, and wants. */
  static Isolation furthest(Map<String, String> environment) {
    Isolation wanted = wanted(environment);
    if (wanted == NETWORK && canTie()) {
      return NETWORK;
    }
    return wanted != OFF && succeeds("unshare", "--mount", "--propagation", "private", "true")
        ? MOUNT
        : OFF;
  }

  boolean hasNamespaces() {
    return this != OFF;
  }

  /** The namespaces of a host, as options of unshare and nsenter. */
  List<String> namespaces() {
    return switch (this) {
      case OFF -> List.of();
      case MOUNT -> List.of("--mount");
      case NETWORK -> List.of("--mount", "--net");
    };
  }

  /** How hosts are separated, for people. */
  String reported() {
    return "hosts are apart by address, SSH server and key"
        + switch (this) {
          case OFF -> "";
          case MOUNT -> ", and mount namespace";
          case NETWORK -> ", mount and network namespace";
        };
  }

  /** The program that connects networks, if it is installed. */
  static Optional<String> ipProgram() {
    return Stream.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip")
        .filter(program -> Files.isExecutable(Path.of(program)))
        .findFirst();
  }

  /** The isolation that the environment allows root. */
  static Isolation wanted(Map<String, String> environment) {
    String asked = environment.getOrDefault(VARIABLE, "network");
    return Stream.of(values())
        .filter(isolation -> isolation.text().equals(asked))
        .findFirst()
        .orElseThrow(
            () ->
                new LabFailure(
                    "%s is one of %s, got '%s'"
                        .formatted(
                            VARIABLE,
                            Arrays.stream(values())
                                .map(Isolation::text)
                                .collect(Collectors.joining(", ")),
                            asked)));
  }

  private String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Tries by creating, and removing, what a lab would need: some kernels lack either. */
  private static boolean canTie() {
    String device = "mlp" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
    String probe =
        """
        unshare --mount --net --propagation private "$1" link set lo up || exit 1
        "$1" link add "$2" type bridge || exit 1
        "$1" link add "$2"-0 type veth peer name "$2"-1 && "$1" link delete "$2"-0 && tied=yes
        "$1" link delete "$2" && [ -n "${tied-}" ]
        """;
    return ipProgram()
        .filter(program -> succeeds("sh", "-c", probe, "probe", program, device))
        .isPresent();
  }

  private static boolean succeeds(String... command) {
    return Command.attempt(Path.of("/"), List.of(command), Map.of()).status() == 0;
  }
}
