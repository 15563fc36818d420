package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mooring.activities.jdbc.ServerConnections.Role;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.InstanceManager.Kind;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that does not answer is tried again; one that answers anything is not. */
class ServerConnectionsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGER_THAN_THE_TEST = Duration.ofHours(1);
  private static final String SYN_SENT = "02";
  private static final DatabaseAccess ACCESS =
      new DatabaseAccess("mooring", "postgres", new SecretReference("pgpass"), "disable", "");

  private final ServerConnections connections =
      new ServerConnections(
          new Passwords(name -> Optional.empty(), Path.of("/nonexistent")),
          new ServerTrust(Path.of("/nonexistent")));
  private final List<Socket> open = new ArrayList<>();
  private ServerSocket port;
  private Kind kind = Kind.PG_CTL;

  @BeforeEach
  void listen() throws IOException {
    port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    connections.close();
    port.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Test
  void a_login_that_nobody_answers_is_begun_again() throws Exception {
    CompletableFuture<DatabaseFault> fault = connecting(patience(LONGER_THAN_THE_TEST));
    accept();
    refuseAllUntil(fault);

    assertThat(fault.join().code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
    assertThat(fault.join()).hasMessageContaining("no entry for you");
  }

  @Test
  void a_connection_whose_packets_are_dropped_is_opened_again() throws Exception {
    for (int i = 0; i < 2; i++) {
      open.add(new Socket(port.getInetAddress(), port.getLocalPort()));
    }
    CompletableFuture<DatabaseFault> fault = connecting(patience(LONGER_THAN_THE_TEST));
    Set<String> tries = new HashSet<>();
    while (tries.size() < 2) {
      tries.addAll(knocking());
      Thread.sleep(10);
    }
    accept();
    accept();
    refuseAllUntil(fault);

    assertThat(fault.join().code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
  }

  @Test
  void a_server_that_never_says_anything_is_unreachable() throws Exception {
    DatabaseFault fault = connecting(patience(SECOND.multipliedBy(3))).join();

    assertThat(fault.code()).isEqualTo(FailureCode.DATABASE_UNREACHABLE);
    assertThat(fault).hasMessageContaining("timed out");
  }

  @Test
  void a_refused_connection_is_an_answer() throws Exception {
    port.close();

    DatabaseFault fault = connecting(patience(LONGER_THAN_THE_TEST)).join();

    assertThat(fault.code()).isEqualTo(FailureCode.DATABASE_UNREACHABLE);
    assertThat(fault).hasMessageContaining("refused");
  }

  @Test
  void a_servers_own_refusal_is_an_answer() throws Exception {
    CompletableFuture<DatabaseFault> fault = connecting(patience(LONGER_THAN_THE_TEST));
    refuseAllUntil(fault);

    assertThat(fault.join().code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
    assertThat(fault.join())
        .hasMessageContaining(
            "cannot log in to 127.0.0.1:" + port.getLocalPort() + " as mooring: no entry for you");
  }

  /** PostgreSQL before 14 has no idle_session_timeout. */
  @ParameterizedTest
  @EnumSource(names = {"PG_CTL", "GREENPLUM"})
  void a_login_sets_what_could_end_it_at_once_unless_the_server_does_not_have_it(Kind manager)
      throws Exception {
    kind = manager;
    CompletableFuture<DatabaseFault> first = connecting(patience(LONGER_THAN_THE_TEST));
    assertThat(refuse(accept(), "42704", "no such setting")).contains("-c idle_session_timeout=0");
    assertThat(refuse(accept(), "28000", "no entry for you"))
        .contains(
            "-c statement_timeout=8000 -c search_path=pg_catalog,pg_temp"
                + (kind == Kind.PG_CTL ? "\0" : " -c gp_role=utility\0"))
        .doesNotContain("idle_session_timeout");
    assertThat(first.join()).hasMessageContaining("no entry for you");
    CompletableFuture<DatabaseFault> second = connecting(patience(LONGER_THAN_THE_TEST));
    assertThat(refuse(accept(), "28000", "no entry for you"))
        .doesNotContain("idle_session_timeout");
    assertThat(second.join().code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
  }

  /** Its statements are the site's, which may name what is in the site's schemas. */
  @Test
  void a_barriers_session_alone_logs_in_with_the_roles_own_path() throws Exception {
    Patience patience = patience(LONGER_THAN_THE_TEST);
    CompletableFuture<DatabaseFault> dispatch =
        connecting(() -> connections.alone(server(), ACCESS, Role.DISPATCH, SECOND, patience));
    assertThat(refuse(accept(), "28000", "no entry for you")).contains("search_path=pg_catalog");
    CompletableFuture<DatabaseFault> barrier =
        connecting(() -> connections.alone(server(), ACCESS, Role.BARRIER, SECOND, patience));
    assertThat(refuse(accept(), "28000", "no entry for you"))
        .contains("-c statement_timeout=1000 ")
        .doesNotContain("search_path");
    assertThat(List.of(dispatch.join(), barrier.join()))
        .allMatch(fault -> fault.code() == FailureCode.AUTHENTICATION_REFUSED);
  }

  /** What took a server's place may answer without end. */
  @Test
  void an_answer_of_more_than_16_mb_ends() throws Exception {
    CompletableFuture<DatabaseFault> fault =
        connecting(
            () -> {
              try (Session session =
                  connections.warm(server(), ACCESS, patience(LONGER_THAN_THE_TEST))) {
                session.execute("SELECT 1", SqlErrors.While.READING);
              }
            });
    DataOutputStream answer = new DataOutputStream(admit(accept()).getOutputStream());
    byte[] row = new byte[1 << 20];
    int rows = 0;
    try {
      send(answer, '1');
      send(answer, '2');
      send(answer, 'T', columns());
      for (; rows < 100; rows++) {
        send(answer, 'D', new byte[] {0, 1}, bytes(row.length), row);
      }
      send(answer, 'C', "SELECT 100\0".getBytes(StandardCharsets.UTF_8));
      send(answer, 'Z', new byte[] {'I'});
    } catch (SocketException ended) {
      assertThat(rows).isLessThan(40);
    }

    assertThat(fault.join()).hasMessageContaining("maxResultBuffer");
    assertThat(fault.join().code()).isEqualTo(FailureCode.STATE_UNREADABLE);
  }

  @Test
  void patience_ends_while_an_attempt_leaves_time_for_its_answer() {
    assertThat(Patience.within(Duration.ofSeconds(90)).inAll()).isEqualTo(Duration.ofSeconds(12));
    assertThat(Patience.within(Duration.ofSeconds(30)).inAll()).isEqualTo(Duration.ofSeconds(12));
    assertThat(Patience.within(Duration.ofSeconds(25)).inAll()).isEqualTo(Duration.ofSeconds(7));
    assertThat(Patience.within(Duration.ofSeconds(15))).isEqualTo(Patience.ONE_TRY);
    assertThat(Patience.within(Duration.ZERO)).isEqualTo(Patience.ONE_TRY);
  }

  private static Patience patience(Duration inAll) {
    return new Patience(SECOND, SECOND, SECOND, inAll);
  }

  private Server server() {
    return new Server(
        new Instance(
            new InstanceId("east-0"),
            new SiteName("east"),
            new ContentId(0),
            new HostName("e0"),
            port.getLocalPort(),
            "/data",
            new InstanceManager(kind, "/usr/bin")),
        "127.0.0.1");
  }

  private CompletableFuture<DatabaseFault> connecting(Patience patience) {
    return connecting(() -> connections.warm(server(), ACCESS, patience));
  }

  private static CompletableFuture<DatabaseFault> connecting(ThrowingCallable login) {
    return CompletableFuture.supplyAsync(() -> catchThrowableOfType(DatabaseFault.class, login));
  }

  private Socket accept() throws IOException {
    Socket accepted = port.accept();
    open.add(accepted);
    return accepted;
  }

  /** One that was given up meanwhile is refused too, and hears it no more. */
  private void refuseAllUntil(CompletableFuture<DatabaseFault> ended) throws IOException {
    port.setSoTimeout(100);
    while (!ended.isDone()) {
      try {
        refuse(accept());
      } catch (SocketTimeoutException | SocketException | EOFException nobodyOrGone) {
        // the next one comes
      }
    }
  }

  /** What PostgreSQL says to a startup message of somebody it has no entry for. */
  static void refuse(Socket client) throws IOException {
    refuse(client, "28000", "no entry for you");
  }

  /** The startup message that is refused. */
  private static String refuse(Socket client, String state, String why) throws IOException {
    DataInputStream startup = new DataInputStream(client.getInputStream());
    byte[] message = startup.readNBytes(startup.readInt() - Integer.BYTES);
    byte[] fields =
        String.format("SFATAL\0VFATAL\0C%s\0M%s\0\0", state, why).getBytes(StandardCharsets.UTF_8);
    DataOutputStream answer = new DataOutputStream(client.getOutputStream());
    answer.writeByte('E');
    answer.writeInt(fields.length + Integer.BYTES);
    answer.write(fields);
    answer.flush();
    return new String(message, StandardCharsets.UTF_8);
  }

  /** Accepts a login, as PostgreSQL 15 does. */
  private static Socket admit(Socket client) throws IOException {
    DataInputStream startup = new DataInputStream(client.getInputStream());
    startup.readNBytes(startup.readInt() - Integer.BYTES);
    DataOutputStream answer = new DataOutputStream(client.getOutputStream());
    send(answer, 'R', bytes(0));
    for (String setting :
        List.of(
            "server_version\00015.0\0",
            "client_encoding\0UTF8\0",
            "DateStyle\0ISO\0",
            "integer_datetimes\0on\0",
            "standard_conforming_strings\0on\0")) {
      send(answer, 'S', setting.getBytes(StandardCharsets.UTF_8));
    }
    send(answer, 'Z', new byte[] {'I'});
    return client;
  }

  private static void send(DataOutputStream to, char kind, byte[]... parts) throws IOException {
    to.writeByte(kind);
    to.writeInt(Integer.BYTES + Stream.of(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      to.write(part);
    }
    to.flush();
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  /** One column of type text. */
  private static byte[] columns() {
    return ByteBuffer.allocate(22)
        .putShort((short) 1)
        .put(new byte[] {'a', 0})
        .putInt(0)
        .putShort((short) 0)
        .putInt(25)
        .putShort((short) -1)
        .putInt(-1)
        .putShort((short) 0)
        .array();
  }

  /** The local ends of connections to the port that wait for a first answer. */
  private Set<String> knocking() {
    String remote = String.format("0100007F:%04X", port.getLocalPort());
    try {
      // Java's sockets are of both families
      return Files.readAllLines(Path.of("/proc/net/tcp6")).stream()
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words[2].endsWith(remote) && words[3].equals(SYN_SENT))
          .map(words -> words[1])
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
