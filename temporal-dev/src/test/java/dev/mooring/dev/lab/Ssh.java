package dev.mooring.dev.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A person's SSH client, with the keys of a lab and as strict as the worker's. */
final class Ssh {
  private final Lab lab;

  Ssh(Lab lab) {
    this.lab = lab;
  }

  String run(String hostName, String command, String... options) {
    LabHost host = lab.host(hostName);
    List<String> line = new ArrayList<>(List.of("ssh", "-F", "none", "-o", "BatchMode=yes"));
    line.addAll(List.of("-o", "StrictHostKeyChecking=yes"));
    line.addAll(
        List.of("-o", "UserKnownHostsFile=" + lab.configDirectory().resolve("known_hosts")));
    line.addAll(List.of("-o", "GlobalKnownHostsFile=/dev/null"));
    line.addAll(List.of("-i", lab.configDirectory().resolve("id_ed25519").toString()));
    line.addAll(List.of(options));
    line.addAll(List.of("-p", Integer.toString(host.sshPort())));
    line.addAll(List.of(lab.userName() + "@" + host.address(), command));
    return Command.run(lab.directory(), line, Map.of());
  }
}
