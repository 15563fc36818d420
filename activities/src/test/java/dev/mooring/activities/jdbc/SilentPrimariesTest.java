package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stopped postmaster still has its port, where the kernel takes connections. */
class SilentPrimariesTest {
  private static final DatabaseAccess ACCESS =
      new DatabaseAccess("mooring", "postgres", new SecretReference("pgpass"), "disable", "");

  private static final RestorePointName POINT =
      new RestorePointName("sync_point_20261003_101500_a");

  private final ServerConnections connections =
      new ServerConnections(
          new Passwords(name -> Optional.empty(), Path.of("/nonexistent")),
          new ServerTrust(Path.of("/nonexistent")));
  private ServerSocket stopped;
  private ServerSocket running;

  @BeforeEach
  void listen() throws IOException {
    stopped = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    running = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    connections.close();
    stopped.close();
    running.close();
  }

  @Test
  void names_those_that_say_nothing_with_where_they_are() {
    CompletableFuture<Void> answering = CompletableFuture.runAsync(this::turnAway);

    List<String> silent = silent(server(0, running), server(1, stopped));

    answering.join();
    assertThat(silent).hasSize(1);
    assertThat(silent.get(0))
        .startsWith("east-1 does not answer")
        .contains("content 1", "host e1", "port " + stopped.getLocalPort(), "/data/gpseg1");
  }

  @Test
  void names_one_that_refuses_the_login_as_unchecked() {
    CompletableFuture<Void> answering = CompletableFuture.runAsync(this::turnAway);

    SilentPrimaries.Seen seen =
        SilentPrimaries.of(connections, ACCESS, List.of(server(0, running)), POINT);

    answering.join();
    assertThat(seen)
        .isEqualTo(new SilentPrimaries.Seen(List.of(), List.of(new InstanceId("east-0"))));
  }

  @Test
  void names_one_that_takes_no_connection() throws IOException {
    stopped.close();

    assertThat(silent(server(1, stopped))).singleElement().asString().contains("refused");
  }

  @Test
  void asks_16_at_a_time() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService backends = Executors.newFixedThreadPool(40);
    for (int i = 0; i < 40; i++) {
      backends.execute(
          () -> answer(() -> most.accumulateAndGet(now.incrementAndGet(), Math::max), now));
    }

    List<String> silent = silent(servers(40, running));

    backends.shutdown();
    assertThat(silent).isEmpty();
    assertThat(most.get()).isBetween(2, 16);
  }

  @Test
  void asks_a_second_time_before_it_names_one() throws IOException {
    CompletableFuture<Socket> lost = new CompletableFuture<>();
    CompletableFuture<Void> answering =
        CompletableFuture.runAsync(
            () -> {
              lost.complete(accept());
              turnAway();
            });

    List<String> silent = silent(server(0, running));

    answering.join();
    lost.join().close();
    assertThat(silent).isEmpty();
  }

  @Test
  void says_how_many_the_time_did_not_suffice_for() {
    SilentPrimaries.Seen seen =
        SilentPrimaries.of(
            connections, ACCESS, List.of(servers(20, stopped)), POINT, Duration.ofMillis(3_900));

    assertThat(seen.found()).hasSizeBetween(1, 16);
    assertThat(seen.unchecked()).hasSize(20 - seen.found().size());
  }

  @Test
  void names_nobody_where_the_question_itself_fails() {
    try (ServerConnections broken =
        new ServerConnections(
            new Passwords(
                name -> {
                  throw new IllegalStateException("no environment");
                },
                Path.of("/nonexistent")),
            new ServerTrust(Path.of("/nonexistent")))) {
      assertThat(SilentPrimaries.of(broken, ACCESS, List.of(server(1, stopped)), POINT))
          .isEqualTo(new SilentPrimaries.Seen(List.of(), List.of(new InstanceId("east-1"))));
    }
  }

  @Test
  void names_one_that_accepts_the_login_and_lists_no_sessions_as_unchecked() throws IOException {
    CompletableFuture<Socket> stalling = CompletableFuture.supplyAsync(this::letIn);

    SilentPrimaries.Seen seen =
        SilentPrimaries.of(connections, ACCESS, List.of(server(0, running)), POINT);

    stalling.join().close();
    assertThat(seen)
        .isEqualTo(new SilentPrimaries.Seen(List.of(), List.of(new InstanceId("east-0"))));
  }

  private List<String> silent(Server... primaries) {
    return SilentPrimaries.of(connections, ACCESS, List.of(primaries), POINT).found();
  }

  private static Server[] servers(int count, ServerSocket port) {
    return IntStream.range(0, count).mapToObj(i -> server(i, port)).toArray(Server[]::new);
  }

  private static Server server(int content, ServerSocket port) {
    return new Server(
        new Instance(
            new InstanceId("east-" + content),
            new SiteName("east"),
            new ContentId(content),
            new HostName("e" + content),
            port.getLocalPort(),
            "/data/gpseg" + content,
            new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/bin")),
        "127.0.0.1");
  }

  /**
   * Accepts a login without a password, and the settings of the session; what is asked afterwards
   * gets no answer.
   */
  private Socket letIn() {
    Socket client = accept();
    try {
      DataInputStream startup = new DataInputStream(client.getInputStream());
      startup.readNBytes(startup.readInt() - Integer.BYTES);
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      DataOutputStream answer = new DataOutputStream(said);
      say(answer, 'R', new byte[4]);
      for (String setting :
          List.of("server_version\0" + "17.0\0", "client_encoding\0UTF8\0", "DateStyle\0ISO\0")) {
        say(answer, 'S', setting.getBytes(StandardCharsets.UTF_8));
      }
      say(answer, 'Z', new byte[] {'I'});
      client.getOutputStream().write(said.toByteArray());
      accept(startup, client.getOutputStream(), 1);
      return client;
    } catch (IOException gone) {
      throw new AssertionError("nobody logged in", gone);
    }
  }

  /** Answers statements as if all were done. */
  private static void accept(DataInputStream asked, OutputStream to, int messages)
      throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    DataOutputStream answer = new DataOutputStream(said);
    int left = messages;
    while (left > 0) {
      int kind = asked.read();
      asked.readNBytes(asked.readInt() - Integer.BYTES);
      switch (kind) {
        case 'P' -> say(answer, '1', new byte[0]);
        case 'B' -> say(answer, '2', new byte[0]);
        case 'D' -> say(answer, 'n', new byte[0]);
        case 'E' -> say(answer, 'C', "SET\0".getBytes(StandardCharsets.UTF_8));
        case 'S' -> {
          say(answer, 'Z', new byte[] {'I'});
          to.write(said.toByteArray());
          said.reset();
          left--;
        }
        default -> throw new IOException("not expected: " + (char) kind);
      }
    }
  }

  private static void say(DataOutputStream to, char kind, byte[] body) throws IOException {
    to.writeByte(kind);
    to.writeInt(body.length + Integer.BYTES);
    to.write(body);
  }

  /** Answers a login as PostgreSQL does where it has no entry for the client. */
  private void turnAway() {
    turnAway(accept());
  }

  /** Counts a login as under way for so long that those begun at the same time meet. */
  private void answer(Runnable begun, AtomicInteger now) {
    Socket client = accept();
    begun.run();
    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    now.decrementAndGet();
    turnAway(client);
  }

  private Socket accept() {
    try {
      return running.accept();
    } catch (IOException closed) {
      throw new AssertionError("nobody logged in", closed);
    }
  }

  private static void turnAway(Socket accepted) {
    try (Socket client = accepted) {
      ServerConnectionsTest.refuse(client);
    } catch (IOException gone) {
      throw new AssertionError("nobody logged in", gone);
    }
  }
}
