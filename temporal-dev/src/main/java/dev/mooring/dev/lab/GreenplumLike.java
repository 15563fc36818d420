package dev.mooring.dev.lab;

import dev.mooring.topology.ClusterKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Makes the servers of a lab answer like a Greenplum's: its functions, catalogue and settings, and
 * a proxy before each server that handles {@code gp_role}. No package registry has a Greenplum; the
 * emulated behaviour was observed on a real one.
 */
final class GreenplumLike {
  private static final String FRONT = "GreenplumFront.class";
  private static final int FRONT_OFFSET = 500;
  private static final int WEST_DBIDS = 100;
  private static final int MIRROR_DBIDS = 50;

  private final LabRecord record;
  private final Layout layout;
  private final LabServers servers;

  GreenplumLike(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
    this.servers = new LabServers(record);
  }

  static boolean is(Layout layout) {
    return layout.plan().kind() == ClusterKind.GREENPLUM;
  }

  /** The number that the catalogue has for an instance: 1 the coordinator, then the segments. */
  static int dbid(LabInstance instance) {
    int place = instance.content() + 2;
    if (instance.site().equals(Layout.WEST)) {
      return WEST_DBIDS + place;
    }
    return instance.isMirror() ? MIRROR_DBIDS + place : place;
  }

  /** The port for users: in the east a proxy's port, in the west the server's own. */
  static int port(LabInstance instance) {
    return instance.site().equals(Layout.EAST) ? instance.port() + FRONT_OFFSET : instance.port();
  }

  static Path home(Layout layout) {
    return layout.directory().resolve("gphome");
  }

  /** Creates the programs' home, which every host can read. */
  void makeHome() {
    GreenplumHome.make(home(layout), record.machine().postgresPrograms());
  }

  /** Sets an instance's identity for it and its programs; a copy gets as little as a real one. */
  void report(LabInstance instance) {
    servers
        .server(instance)
        .settle(
            "greenplum.dbid = '%d'%ngreenplum.contentid = '%d'%n"
                .formatted(dbid(instance), instance.content()));
    record
        .machine()
        .user()
        .write(
            instance.dataDirectory().resolve("internal.auto.conf"),
            GreenplumHome.settings(dbid(instance), instance.content()));
    try {
      Files.deleteIfExists(instance.dataDirectory().resolve(GreenplumHome.MANIFEST));
    } catch (IOException e) {
      throw new LabFailure("could not take the manifest from " + instance.id(), e);
    }
  }

  /** Once every server of the east runs. */
  void emulate() {
    for (LabInstance instance : layout.instances()) {
      if (instance.site().equals(Layout.EAST)) {
        execute(instance, List.of(Resources.text("greenplum-like.sql")));
      }
    }
    execute(layout.instance(Layout.EAST, -1), catalogue());
  }

  /** The mirrors and the standby coordinator, as standbys that take no connections. */
  void mirror() {
    Parallel.forEach(
        layout.mirrors(),
        mirror -> {
          Server server = servers.server(mirror);
          LabInstance primary = layout.instance(Layout.EAST, mirror.content());
          server.copyFrom(primary, record.superuserPassword());
          report(mirror);
          server.settle(
              "hot_standby = 'off'%nprimary_conninfo = '%s'%n"
                  .formatted(connection(primary).replace("'", "''")));
          server.start();
        });
  }

  private List<String> catalogue() {
    List<String> statements = new ArrayList<>();
    List<LabInstance> east = new ArrayList<>(layout.mirrors());
    layout.instances().stream().filter(i -> i.site().equals(Layout.EAST)).forEach(east::add);
    for (LabInstance instance : east) {
      char role = instance.isMirror() ? 'm' : 'p';
      statements.add(
          "INSERT INTO greenplum.gp_segment_configuration VALUES (%d, %d, '%s', '%s', '%s', 'u', %d, '%s', '%s', '%s')"
              .formatted(
                  dbid(instance),
                  instance.content(),
                  role,
                  role,
                  instance.content() < 0 && !instance.isMirror() ? 'n' : 's',
                  port(instance),
                  instance.host().name(),
                  instance.host().address(),
                  instance.dataDirectory()));
      statements.add(
          "INSERT INTO greenplum.dispatch VALUES (%d, '%s')"
              .formatted(dbid(instance), connection(instance)));
    }
    return statements;
  }

  private String connection(LabInstance instance) {
    return "host=%s port=%d user=%s password=%s dbname=%s connect_timeout=3"
        .formatted(
            instance.host().address(),
            instance.port(),
            LabDatabase.SUPERUSER,
            record.superuserPassword(),
            LabDatabase.NAME);
  }

  private void execute(LabInstance instance, List<String> statements) {
    try (Connection connection = servers.connect(instance)) {
      LabDatabase.execute(connection, statements);
    } catch (SQLException e) {
      throw new LabFailure("could not make " + instance.id() + " greenplum-like", e);
    }
  }

  /** A front before every server of the east. */
  void startFronts() {
    copyFront();
    Parallel.forEach(
        layout.hosts().stream().filter(host -> host.site().equals(Layout.EAST)).toList(),
        this::startFront);
  }

  private void startFront(LabHost host) {
    List<LabInstance> here = new ArrayList<>(layout.mirrors());
    here.addAll(layout.instances());
    here.removeIf(instance -> !instance.host().equals(host));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx32m", "-XX:+UseSerialGC", "-cp"));
    command.add(classes().toString());
    command.add(GreenplumFront.class.getName());
    command.add(host.address());
    for (LabInstance instance : here) {
      command.add(Integer.toString(port(instance)));
      command.add(Integer.toString(instance.port()));
      command.add(instance.content() < 0 ? "coordinator" : "segment");
    }
    servers.space(host).startProgram("front", command);
    for (LabInstance instance : here) {
      Await.until(() -> answers(host, port(instance)), () -> "no front before " + instance.id());
    }
  }

  private static boolean answers(LabHost host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.address(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private Path classes() {
    return layout.directory().resolve("bin").resolve("front");
  }

  private void copyFront() {
    Path target = classes().resolve(GreenplumFront.class.getName().replace('.', '/') + ".class");
    try (InputStream in = GreenplumFront.class.getResourceAsStream(FRONT)) {
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.copy(Objects.requireNonNull(in, FRONT), target);
    } catch (IOException e) {
      throw new LabFailure("could not copy " + FRONT, e);
    }
  }

  /** The lines of the cluster file. */
  String instances() {
    List<LabInstance> all = new ArrayList<>(layout.instances());
    all.addAll(layout.mirrors());
    return all.stream()
        .map(
            i ->
                "  - {id: %s, dbid: %d, role: %s, site: %s, content: %d, host: %s, port: %d, dataDirectory: \"%s\", manager: {greenplum: \"%s\"}}%n"
                    .formatted(
                        i.id(),
                        dbid(i),
                        i.isMirror() ? "mirror" : "primary",
                        i.site(),
                        i.content(),
                        i.host().name(),
                        port(i),
                        i.dataDirectory(),
                        home(layout)))
        .collect(Collectors.joining("", "instances:\n", ""));
  }
}
