package dev.mooring.dev.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The hosts and servers of a lab, to be acted on. */
final class LabServers {
  private final LabRecord record;

  LabServers(LabRecord record) {
    this.record = record;
  }

  HostSpace space(LabHost host) {
    return new HostSpace(record.layout(), record.machine(), host);
  }

  Server server(LabInstance instance) {
    return new Server(record.machine(), space(instance.host()), instance);
  }

  List<LabInstance> running() {
    return record.layout().instances().stream().filter(i -> server(i).running()).toList();
  }

  Connection connect(LabInstance instance) throws SQLException {
    return LabDatabase.connect(
        instance.host().address(),
        instance.port(),
        LabDatabase.SUPERUSER,
        record.superuserPassword());
  }

  /** Every process of the lab, whoever started it. */
  List<LabProcess> processes() {
    Set<String> namespaces =
        record.layout().hosts().stream()
            .flatMap(host -> space(host).namespace().stream())
            .collect(Collectors.toUnmodifiableSet());
    return ProcessTable.of(record.layout().directory(), namespaces);
  }
}
