package dev.mooring.dev.lab;

import dev.mooring.dev.ledger.Database;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * PgBouncer and HAProxy of a lab, on a host of their own: PgBouncer pools transactions of the
 * instance that accepts writes, HAProxy has a port for it and one for the standbys.
 */
public final class LabFronts {
  static final int POOLER_PORT = 6432;
  static final int WRITE_PORT = 7000;
  static final int READ_PORT = 7001;

  /** More than the outage budget of any test that ends while clients are held. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final LabRecord record;
  private final LabHost host;

  LabFronts(LabRecord record, LabHost host) {
    this.record = record;
    this.host = host;
  }

  /** Starts those in the plan; each answers when this returns. */
  void start() {
    for (LabPlan.Front front : record.layout().plan().streaming().orElseThrow().fronts()) {
      switch (front) {
        case PGBOUNCER -> startPooler();
        case HAPROXY -> startBalancer();
      }
    }
  }

  /** The addresses for clients. */
  String reported() {
    return record.layout().plan().streaming().orElseThrow().fronts().stream()
        .map(
            front ->
                switch (front) {
                  case PGBOUNCER -> "pgbouncer %s:%d".formatted(host.address(), POOLER_PORT);
                  case HAPROXY ->
                      "haproxy %s:%d writes, %d reads"
                          .formatted(host.address(), WRITE_PORT, READ_PORT);
                })
        .collect(Collectors.joining("\n"));
  }

  /** The section {@code endpoints} of the cluster file. */
  String endpoints(Path consolePassword) {
    return record.layout().plan().streaming().orElseThrow().fronts().stream()
        .map(
            front ->
                switch (front) {
                  case PGBOUNCER ->
                      "  - {name: pooler, pgbouncer: {host: %s, port: %d, socketDirectory: \"%s\", user: %s, password: \"file:%s\", databasesFile: \"%s\"}}%n"
                          .formatted(
                              host.name(),
                              POOLER_PORT,
                              host.directory(),
                              LabDatabase.ROLE,
                              consolePassword,
                              poolerConfiguration());
                  case HAPROXY ->
                      "  - {name: balancer, haproxy: {host: %s, socket: \"%s\", writeBackend: writes, readBackend: reads}}%n"
                          .formatted(host.name(), balancerSocket());
                })
        .collect(Collectors.joining("", "endpoints:\n", ""));
  }

  /** PgBouncer's configuration, which names the instance that accepts writes. */
  public Path poolerConfiguration() {
    return host.directory().resolve("pgbouncer.ini");
  }

  /** The path of HAProxy's command socket. */
  public Path balancerSocket() {
    return host.directory().resolve("haproxy.sock");
  }

  /** Connects as superuser through PgBouncer. */
  public Connection connectThroughPooler() throws SQLException {
    return database("pgbouncer", POOLER_PORT).connect();
  }

  /** Connects as superuser through HAProxy's port for writes. */
  public Connection connectForWrites() throws SQLException {
    return database("haproxy", WRITE_PORT).connect();
  }

  /** Connects as superuser through HAProxy's port for reads. */
  public Connection connectForReads() throws SQLException {
    return database("haproxy", READ_PORT).connect();
  }

  /** Content 0 through PgBouncer, if there is one. */
  Optional<Database> pooler() {
    return record.layout().plan().streaming().orElseThrow().fronts().stream()
        .filter(front -> front == LabPlan.Front.PGBOUNCER)
        .findAny()
        .map(front -> database(nameOf(front), POOLER_PORT));
  }

  private Database database(String name, int port) {
    return new Database(
        name,
        0,
        host.address(),
        port,
        new Database.Login(LabDatabase.SUPERUSER, record.superuserPassword()));
  }

  /**
   * Sends a command to PgBouncer's console, as a person does.
   *
   * @return its answer: a line of names and a line for each row, fields divided by {@code |}
   */
  public String tellPooler(String command) {
    return new HostSpace(record.layout(), record.machine(), host)
        .run(
            List.of(
                "psql",
                "-X",
                "-w",
                "-A",
                "-P",
                "footer=off",
                "-h",
                host.address(),
                "-p",
                String.valueOf(POOLER_PORT),
                "-U",
                LabDatabase.ROLE,
                "-d",
                "pgbouncer",
                "-c",
                command),
            Map.of("PGPASSWORD", record.rolePassword(), "PGCONNECT_TIMEOUT", "5"));
  }

  /** Sends HAProxy a command, as a person does, and returns its answer. */
  public String tellBalancer(String command) {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(balancerSocket()));
      socket.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new LabFailure("HAProxy at " + balancerSocket() + " does not answer", e);
    }
  }

  /** The databases whose clients PgBouncer holds; none if no PgBouncer runs. */
  public List<String> heldByPooler() {
    if (poolerProcess().isEmpty()) {
      return List.of();
    }
    List<List<String>> rows =
        tellPooler("SHOW DATABASES").lines().map(line -> List.of(line.split("\\|", -1))).toList();
    int name = rows.get(0).indexOf("name");
    int paused = rows.get(0).indexOf("paused");
    return rows.stream()
        .filter(row -> row.get(paused).equals("1"))
        .map(row -> row.get(name))
        .toList();
  }

  /** The same, once no process is left that resumes clients automatically when their time is up. */
  public List<String> heldForGood() {
    Await.reached(LONGEST_PAUSE, () -> heldByPooler().isEmpty() || !isLetGoByItself());
    return heldByPooler();
  }

  private boolean isLetGoByItself() {
    Path pooler = host.mooring().resolve("endpoints").resolve("pooler");
    Path marker = pooler.resolve(record.layout().plan().name()).resolve("pause");
    try {
      String holder = Files.readAllLines(marker).get(0);
      return LabProcess.find(Long.parseLong(holder)).isPresent();
    } catch (NoSuchFileException nobodyIsHeld) {
      return false;
    } catch (IOException e) {
      throw new LabFailure(marker + " can't be read", e);
    }
  }

  private Optional<LabProcess> poolerProcess() {
    return new HostSpace(record.layout(), record.machine(), host)
        .program(nameOf(LabPlan.Front.PGBOUNCER));
  }

  /** Kills PgBouncer, as a crash does. */
  public void killPooler() {
    kill(LabPlan.Front.PGBOUNCER);
  }

  /** Freezes PgBouncer, so that it answers nobody, or resumes it. */
  public void signalPooler(Signal signal) {
    poolerProcess().orElseThrow(() -> new LabFailure("no PgBouncer runs")).signal(signal);
  }

  /** All of them as they were in the beginning, leading to the first instance. */
  public void renew() {
    record.layout().plan().streaming().orElseThrow().fronts().forEach(this::kill);
    start();
  }

  private void kill(LabPlan.Front front) {
    LabProcess process =
        new HostSpace(record.layout(), record.machine(), host)
            .program(nameOf(front))
            .orElseThrow(() -> new LabFailure("no " + nameOf(front) + " runs"));
    process.signal(Signal.KILL);
    Await.until(() -> !process.alive(), () -> nameOf(front) + " did not end");
  }

  /** Starts a PgBouncer that was ended, with its file's present content. */
  public void startPoolerAgain() {
    start(LabPlan.Front.PGBOUNCER, List.of(poolerConfiguration().toString()), POOLER_PORT);
  }

  private void startPooler() {
    LabInstance primary = record.layout().instances().get(0);
    Path users = writePoolerUsers();
    LabUser user = record.machine().user();
    user.write(
        poolerConfiguration(),
        """
        [databases]
        %s = host=%s port=%d
        [pgbouncer]
        listen_addr = %s
        listen_port = %d
        unix_socket_dir = %s
        auth_type = scram-sha-256
        auth_file = %s
        admin_users = %s
        pool_mode = transaction
        max_client_conn = 200
        default_pool_size = 24
        server_login_retry = 1
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(
                LabDatabase.NAME,
                primary.host().address(),
                primary.port(),
                host.address(),
                POOLER_PORT,
                host.directory(),
                users,
                LabDatabase.ROLE));
    start(LabPlan.Front.PGBOUNCER, List.of(poolerConfiguration().toString()), POOLER_PORT);
  }

  private Path writePoolerUsers() {
    Path users = host.directory().resolve("pgbouncer.users");
    record
        .machine()
        .user()
        .writePrivately(
            users,
            "\"%s\" \"%s\"%n\"%s\" \"%s\"%n"
                .formatted(
                    LabDatabase.SUPERUSER,
                    record.superuserPassword(),
                    LabDatabase.ROLE,
                    record.rolePassword()));
    return users;
  }

  private void startBalancer() {
    Path configuration = host.directory().resolve("haproxy.cfg");
    record
        .machine()
        .user()
        .write(
            configuration,
            record.layout().byPatroni()
                ? new PatroniFiles(record).balancer(host, balancerSocket())
                : balancerOf(record.layout()));
    start(LabPlan.Front.HAPROXY, List.of("-db", "-f", configuration.toString()), WRITE_PORT);
  }

  private String balancerOf(Layout layout) {
    return """
    global
      stats socket %s mode 600 level admin
    defaults
      mode tcp
      timeout connect 3s
      timeout client 30m
      timeout server 30m
      default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions
    listen writes
      bind %s:%d
    %slisten reads
      bind %s:%d
      balance roundrobin
    %s\
    """
        .formatted(
            balancerSocket(),
            host.address(),
            WRITE_PORT,
            servers(layout.instances().get(0)),
            host.address(),
            READ_PORT,
            servers(layout.standbys().toArray(LabInstance[]::new)));
  }

  /** Every instance, the given ones in use and the others out of use. */
  private String servers(LabInstance... used) {
    List<LabInstance> inUse = List.of(used);
    return record.layout().instances().stream()
        .map(
            instance ->
                "  server %s %s:%d check%s%n"
                    .formatted(
                        instance.id(),
                        instance.host().address(),
                        instance.port(),
                        inUse.contains(instance) ? "" : " disabled"))
        .collect(Collectors.joining());
  }

  private void start(LabPlan.Front front, List<String> arguments, int port) {
    HostSpace space = new HostSpace(record.layout(), record.machine(), host);
    String name = nameOf(front);
    space.startProgram(
        name, Command.join(List.of(PackagedProgram.named(name, name).toString()), arguments));
    space.awaitPort(port, name);
  }

  private static String nameOf(LabPlan.Front front) {
    return front.name().toLowerCase(Locale.ROOT);
  }
}
