package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.LoadSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes a lab: hosts, primaries in the east, stopped base backups of them in the west or standbys
 * that stream, files.
 */
final class LabBuilding {
  private final LabRecord record;
  private final Layout layout;
  private final LabServers servers;
  private final WorkerFiles files;

  LabBuilding(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
    this.servers = new LabServers(record);
    this.files = new WorkerFiles(layout);
  }

  void build() {
    makeDirectories();
    String authorizedKey = files.makeKeys();
    record.bridge().ifPresent(Bridge::make);
    Parallel.forEach(layout.hosts(), host -> servers.space(host).open(authorizedKey));
    requireNetwork(layout.hosts().get(0), layout.host(Layout.WEST, 0));
    Parallel.forEach(layout.plan().contentIds().boxed().toList(), this::makeContent);
    if (GreenplumLike.is(layout)) {
      makeGreenplum();
    }
    if (layout.plan().streaming().isPresent()) {
      if (layout.byPatroni()) {
        new LabPatroni(record).make();
      } else {
        new StreamingStandbys(record).make();
      }
      layout.frontHost().ifPresent(host -> new LabFronts(record, host).start());
    } else {
      Parallel.forEach(layout.plan().contentIds().boxed().toList(), this::makeCopy);
    }
    files.writeKnownHosts(
        layout.hosts().stream()
            .map(host -> new SshServer(layout, record.machine(), host).knownHostsLine())
            .collect(Collectors.joining()));
    files.writePasswords(LabDatabase.ROLE, record.rolePassword());
    write(layout.clusterFile(), new ClusterFileText(record).text());
    write(layout.environmentFile(), environmentText());
  }

  private void makeDirectories() {
    LabUser user = record.machine().user();
    for (Path callers :
        List.of(
            layout.config(),
            layout.processes(),
            layout.load(),
            layout.hidden(),
            layout.snapshot(),
            layout.stage(),
            layout.hostsDirectory(),
            layout.archiveScript().getParent())) {
      makeDirectory(callers);
    }
    user.makeDirectory(layout.evidence());
    layout.plan().contentIds().forEach(content -> user.makeDirectory(layout.archive(content)));
    writeProgram(layout.archiveScript(), "archive-wal.sh");
    writeProgram(layout.restoreScript(), "restore-wal.sh");
  }

  private static void writeProgram(Path program, String resource) {
    write(program, Resources.text(resource));
    try {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new LabFailure("could not make " + program + " a program", e);
    }
  }

  /** A packet filter of the machine may keep the hosts' namespaces from each other. */
  private void requireNetwork(LabHost from, LabHost to) {
    String port = Integer.toString(to.sshPort());
    Command.Output seen =
        servers.space(from).attempt(List.of("ssh-keyscan", "-T", "10", "-p", port, to.address()));
    if (!seen.text().contains("ssh-")) {
      throw new LabFailure(
          "host %s can't reach host %s at %s:%s: %s%nHINT: where packets between network devices are filtered, set %s=mount."
              .formatted(
                  from.name(),
                  to.name(),
                  to.address(),
                  port,
                  seen.text().strip(),
                  Isolation.VARIABLE));
    }
  }

  private void makeContent(int content) {
    LabInstance primary = layout.instance(Layout.EAST, content);
    Server server = servers.server(primary);
    server.initialize(new ServerSettings(layout), record.superuserPassword());
    if (GreenplumLike.is(layout)) {
      new GreenplumLike(record).report(primary);
    }
    server.start();
    try (Connection connection = servers.connect(primary)) {
      LabDatabase.execute(
          connection,
          LabDatabase.roleStatements(record.machine().postgresMajor(), record.rolePassword()));
      if (layout.plan().streaming().isPresent()) {
        LabDatabase.execute(connection, LabDatabase.slotStatements());
      }
      LabDatabase.execute(connection, LoadSchema.statements());
    } catch (SQLException e) {
      throw new LabFailure("could not set up " + primary.id(), e);
    }
  }

  private void makeCopy(int content) {
    LabInstance copy = layout.instance(Layout.WEST, content);
    Server server = servers.server(copy);
    server.copyFrom(layout.instance(Layout.EAST, content), record.superuserPassword());
    if (GreenplumLike.is(layout)) {
      new GreenplumLike(record).report(copy);
    }
  }

  private void makeGreenplum() {
    GreenplumLike greenplum = new GreenplumLike(record);
    greenplum.makeHome();
    greenplum.emulate();
    greenplum.mirror();
    greenplum.startFronts();
  }

  private String environmentText() {
    return LabEnvironment.of(layout).entrySet().stream()
        .map(entry -> "export %s='%s'%n".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining());
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new LabFailure("could not make directory " + directory, e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new LabFailure("could not write " + file, e);
    }
  }
}
