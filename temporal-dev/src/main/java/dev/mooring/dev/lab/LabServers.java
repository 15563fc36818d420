package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    return new Server(record.machine(), space(instance.host()), instance, this::configuration);
  }

  /**
   * The directory of its configuration: its data directory, or that of Debian's pg_createcluster.
   */
  Path configuration(LabInstance instance) {
    return record.layout().configuredOutside(instance)
        ? instance
            .host()
            .configurations()
            .resolve(Integer.toString(record.machine().postgresMajor()))
            .resolve(instance.id())
        : instance.dataDirectory();
  }

  List<LabInstance> running() {
    return record.layout().instances().stream().filter(i -> server(i).running()).toList();
  }

  Connection connect(LabInstance instance) throws SQLException {
    return database(instance).connect();
  }

  Database database(LabInstance instance) {
    return new Database(
        instance.id(),
        instance.content(),
        instance.host().address(),
        instance.port(),
        new Database.Login(LabDatabase.SUPERUSER, record.superuserPassword()));
  }

  /** Whether the instance answers and is not in recovery. */
  boolean isPrimary(LabInstance instance) {
    try (Connection connection = connect(instance);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_is_in_recovery()")) {
      return rows.next() && !rows.getBoolean(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Every process of the lab, started by the lab or not. */
  List<LabProcess> processes() {
    Set<String> namespaces =
        record.layout().hosts().stream()
            .flatMap(host -> space(host).namespace().stream())
            .collect(Collectors.toUnmodifiableSet());
    return ProcessTable.of(record.layout().directory(), namespaces, recorded());
  }

  /** The processes that the lab started itself and noted, as far as they live. */
  private List<LabProcess> recorded() {
    Path records = record.layout().processes();
    if (!Files.isDirectory(records)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(records)) {
      return files.map(LabProcess::read).filter(LabProcess::alive).toList();
    } catch (IOException e) {
      throw new LabFailure("unreadable process records in " + records, e);
    }
  }
}
