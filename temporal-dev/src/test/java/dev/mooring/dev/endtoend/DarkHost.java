package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.LabInstance;
import java.util.stream.Collectors;

/** A host {@code m0} that nothing answers on over SSH, while the server there runs on. */
final class DarkHost {
  private DarkHost() {}

  /** A cluster file that has that one instance there. */
  static String of(LabInstance instance, String clusterFile) {
    String id = "id: " + instance.id() + ",";
    String host = "host: " + instance.host().name() + ",";
    String dark =
        "hosts:%n  - {name: m0, access: ssh, address: %s, directory: \"%s\", ssh: {port: 9}}%n"
            .formatted(instance.host().address(), instance.host().mooring());
    return clusterFile
        .lines()
        .map(line -> line.contains(id) ? line.replace(host, "host: m0,") : line)
        .collect(Collectors.joining("\n", "", "\n"))
        .replace("hosts:\n", dark);
  }
}
