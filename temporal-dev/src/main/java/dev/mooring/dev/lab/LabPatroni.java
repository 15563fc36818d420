package dev.mooring.dev.lab;

import dev.mooring.activities.host.WebTrust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;

/**
 * Patroni over the instances of a lab that streams: one Patroni for each instance, with its REST
 * API on the instance's host, and one etcd on a host of its own, in which they vote. They decide
 * who leads, who follows whom, and when a server starts or stops.
 *
 * <p>The watchdog of each host is emulated, a process instead of a device: it kills Patroni and
 * PostgreSQL there, where a device would reset the host.
 */
public final class LabPatroni {
  /** The port of each Patroni's REST API, on its host's address. */
  public static final int REST_PORT = 8008;

  static final int STORE_PORT = 2379;
  private static final String PATRONI = "patroni";
  private static final String ETCD = "etcd";
  private static final String WATCHDOG = "watchdog";

  /** With TLS 1.3 Java and Patroni wait for each other at the end of an answer. */
  private static final WebTrust CLIENTS =
      new WebTrust(
          () ->
              HttpClient.newBuilder()
                  .sslParameters(new SSLParameters(null, new String[] {"TLSv1.2"})));

  private final LabRecord record;
  private final Layout layout;
  private final LabServers servers;
  private final PatroniFiles files;

  LabPatroni(LabRecord record) {
    this.record = record;
    this.layout = record.layout();
    this.servers = new LabServers(record);
    this.files = new PatroniFiles(record);
  }

  /**
   * Hands the first instance over to Patroni and makes it create the others; each streams when this
   * returns.
   */
  void make() {
    LabInstance primary = layout.instances().get(0);
    try (Connection connection = servers.connect(primary)) {
      LabDatabase.execute(connection, StreamingStandbys.roleStatements(record.rolePassword()));
    } catch (SQLException e) {
      throw new LabFailure("could not set up the roles of " + primary.id(), e);
    }
    servers.server(primary).stop(Server.StopMode.FAST);
    startStore();
    files.makeCertificate();
    layout.instances().forEach(files::write);
    start(primary);
    awaitLeader();
    List<LabInstance> standbys = layout.standbys();
    Parallel.forEach(standbys, this::start);
    Await.until(() -> streaming() == standbys.size(), () -> "not every standby streams");
  }

  /** The member that accepts writes, as the servers report. */
  public LabInstance leader() {
    return found().orElseThrow(() -> new LabFailure("no member accepts writes"));
  }

  /** The same, waited for. */
  public LabInstance awaitLeader() {
    Await.until(() -> found().isPresent(), () -> "no member accepts writes");
    return leader();
  }

  private Optional<LabInstance> found() {
    return layout.instances().stream().filter(servers::isPrimary).findFirst();
  }

  private long streaming() {
    try (Connection connection = servers.connect(leader())) {
      return Long.parseLong(
          LabDatabase.ask(
              connection,
              "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                  + " AND application_name <> 'pg_basebackup'"));
    } catch (SQLException | LabFailure notNow) {
      return 0;
    }
  }

  /**
   * Changes the dynamic configuration, as {@code patronictl edit-config} does.
   *
   * @param json the changes
   */
  public void configure(String json) {
    String login = LabDatabase.ROLE + ":" + record.rolePassword();
    LabInstance leader = leader();
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .method("PATCH", HttpRequest.BodyPublishers.ofString(json));
    HttpResponse<String> answer = asked(leader, "/config", request);
    if (answer.statusCode() != 200) {
      throw new LabFailure(leader.id() + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  /** The answer of an instance's REST API, by TLS. */
  public HttpResponse<String> asked(
      LabInstance instance, String path, HttpRequest.Builder request) {
    URI uri = URI.create("https://%s:%d%s".formatted(instance.host().address(), REST_PORT, path));
    try {
      return CLIENTS
          .in(new WorkerFiles(layout).patroniCertificate())
          .send(
              request.uri(uri).timeout(Await.LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new LabFailure(uri + " did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabFailure("stopped waiting for " + uri, e);
    }
  }

  /** Starts an instance's Patroni, which starts the server. */
  public void start(LabInstance instance) {
    HostSpace space = servers.space(instance.host());
    if (space.program(PATRONI).isPresent()) {
      throw new LabFailure("Patroni of " + instance.id() + " runs already");
    }
    if (space.program(WATCHDOG).isEmpty()) {
      startWatchdog(space, instance);
    }
    space.startProgram(
        PATRONI,
        List.of(
            "env",
            "HOME=" + instance.host().home(),
            PackagedProgram.named(PATRONI, "patroni").toString(),
            PatroniFiles.configuration(instance).toString()));
    space.awaitPort(REST_PORT, PATRONI);
  }

  /** Patroni waits for it before it becomes leader: it opens the pipe, and does nothing else. */
  private static void startWatchdog(HostSpace space, LabInstance instance) {
    space.startProgram(
        WATCHDOG,
        List.of(
            PackagedProgram.named("python3", "python3").toString(),
            "-c",
            Resources.text("watchdog.py"),
            PatroniFiles.watchdog(instance).toString(),
            instance.dataDirectory().toString()));
    Await.until(
        () -> Files.exists(PatroniFiles.watchdog(instance)),
        () -> "no watchdog for " + instance.id() + ": " + space.saidBy(WATCHDOG));
  }

  /** How often the emulated watchdog of an instance's host had to reset it. */
  public long resets(LabInstance instance) {
    return servers
        .space(instance.host())
        .saidBy(WATCHDOG)
        .lines()
        .filter(line -> line.contains("no word in time"))
        .count();
  }

  /** Stops an instance's Patroni in an orderly way; it stops the server before. */
  public void stop(LabInstance instance) {
    LabProcess process = patroni(instance);
    process.signal(Signal.TERM);
    Await.until(() -> !process.alive(), () -> "Patroni of " + instance.id() + " lives");
  }

  /** Signals an instance's Patroni alone; the server goes on. */
  public void signal(LabInstance instance, Signal signal) {
    signal(patroni(instance), signal, "Patroni of " + instance.id());
  }

  /** Whether an instance's Patroni lives. */
  public boolean isRunning(LabInstance instance) {
    return servers.space(instance.host()).program(PATRONI).isPresent();
  }

  private LabProcess patroni(LabInstance instance) {
    return servers
        .space(instance.host())
        .program(PATRONI)
        .orElseThrow(() -> new LabFailure(instance.id() + " has no Patroni that runs"));
  }

  /** Signals etcd. */
  public void signalStore(Signal signal) {
    LabProcess process =
        storeSpace().program(ETCD).orElseThrow(() -> new LabFailure("no etcd runs"));
    signal(process, signal, ETCD);
  }

  private static void signal(LabProcess process, Signal signal, String name) {
    process.signal(signal);
    if (signal == Signal.KILL) {
      Await.until(() -> !process.alive(), () -> name + " did not end");
    }
  }

  /** Starts etcd, with the data it had when it ended. */
  public void startStore() {
    LabHost host = storeHost();
    String clients = "http://%s:%d".formatted(host.address(), STORE_PORT);
    String peers = "http://%s:%d".formatted(host.address(), STORE_PORT + 1);
    HostSpace space = storeSpace();
    space.startProgram(
        ETCD,
        List.of(
            PackagedProgram.named(ETCD, "etcd-server").toString(),
            "--data-dir=" + host.data().resolve(ETCD),
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers,
            "--unsafe-no-fsync",
            "--log-level=warn"));
    space.awaitPort(STORE_PORT, ETCD);
  }

  /** The host that etcd runs on. */
  public LabHost storeHost() {
    return layout.storeHost().orElseThrow();
  }

  private HostSpace storeSpace() {
    return servers.space(storeHost());
  }

  /** Kills every Patroni, its watchdog and etcd, and leaves the servers as they are. */
  void killAll() {
    layout.instances().stream()
        .flatMap(instance -> servers.space(instance.host()).program(WATCHDOG).stream())
        .forEach(watchdog -> signal(watchdog, Signal.KILL, WATCHDOG));
    layout.instances().stream()
        .filter(this::isRunning)
        .forEach(instance -> signal(instance, Signal.KILL));
    storeSpace().program(ETCD).ifPresent(running -> signalStore(Signal.KILL));
  }

  /** Starts etcd, and the Patroni of each of these. */
  void startAll(List<LabInstance> instances) {
    startStore();
    Parallel.forEach(instances, this::start);
    if (!instances.isEmpty()) {
      awaitLeader();
    }
  }

  /** The leader, and etcd's address, for people. */
  String reported() {
    return "patroni: %s leads; REST API at port %d of each host, etcd at %s:%d"
        .formatted(
            found().map(LabInstance::id).orElse("nobody"),
            REST_PORT,
            storeHost().address(),
            STORE_PORT);
  }

  /** The output of an instance's Patroni, to find the cause of a failure. */
  public String saidBy(LabInstance instance) {
    return servers.space(instance.host()).saidBy(PATRONI);
  }
}
