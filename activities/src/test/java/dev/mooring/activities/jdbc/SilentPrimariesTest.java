package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stopped postmaster still has its port, where the kernel takes connections. */
class SilentPrimariesTest {
  private final ServerConnections connections =
      new ServerConnections(
          new Passwords(name -> Optional.empty(), Path.of("/nonexistent")),
          new ServerTrust(Path.of("/nonexistent")));
  private ServerSocket stopped;
  private ServerSocket running;

  @BeforeEach
  void listen() throws IOException {
    stopped = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    running = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
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
  void names_nobody_where_all_answer() {
    CompletableFuture<Void> answering = CompletableFuture.runAsync(this::turnAway);

    List<String> silent = silent(server(0, running));

    answering.join();
    assertThat(silent).isEmpty();
  }

  @Test
  void names_one_that_takes_no_connection() throws IOException {
    stopped.close();

    assertThat(silent(server(1, stopped))).singleElement().asString().contains("refused");
  }

  private List<String> silent(Server... primaries) {
    DatabaseAccess access =
        new DatabaseAccess("mooring", "postgres", new SecretReference("pgpass"), "disable", "");
    return SilentPrimaries.of(connections, access, List.of(primaries));
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

  /** Answers a login as PostgreSQL does where it has no entry for the client. */
  private void turnAway() {
    try (Socket client = running.accept()) {
      DataInputStream startup = new DataInputStream(client.getInputStream());
      startup.readNBytes(startup.readInt() - Integer.BYTES);
      byte[] fields =
          "SFATAL\0VFATAL\0C28000\0Mno entry for you\0\0".getBytes(StandardCharsets.UTF_8);
      DataOutputStream answer = new DataOutputStream(client.getOutputStream());
      answer.writeByte('E');
      answer.writeInt(fields.length + Integer.BYTES);
      answer.write(fields);
      answer.flush();
    } catch (IOException gone) {
      throw new AssertionError("nobody logged in", gone);
    }
  }
}
