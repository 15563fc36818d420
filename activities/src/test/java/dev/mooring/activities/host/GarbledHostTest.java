package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.KeyPair;
import dev.mooring.contract.Limit;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import io.temporal.failure.ApplicationFailure;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host whose first SSH packet is cut: its list of algorithms claims more bytes than it has. */
class GarbledHostTest {
  private static final int KEXINIT = 20;
  private static final int COOKIE = 16;

  @Test
  void is_one_that_was_not_reached(@TempDir Path directory) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Hosts hosts = new Hosts(Limit.seconds(10))) {
      CompletableFuture<Void> saying = CompletableFuture.runAsync(() -> garble(server));

      ApplicationFailure failure =
          catchThrowableOfType(
              ApplicationFailure.class,
              () -> hosts.run(host(directory, server), LocalHost.script(), LocalHost.LIMIT));

      saying.join();
      assertThat(failure.getType()).isEqualTo(FailureCode.HOST_UNREACHABLE.name());
    }
  }

  private static void garble(ServerSocket server) {
    try (Socket socket = server.accept();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
      out.write("SSH-2.0-garbled\r\n".getBytes(StandardCharsets.US_ASCII));
      int padding = 6;
      out.writeInt(1 + 1 + COOKIE + Integer.BYTES + padding);
      out.writeByte(padding);
      out.writeByte(KEXINIT);
      out.write(new byte[COOKIE]);
      out.writeInt(Integer.MAX_VALUE);
      out.write(new byte[padding]);
      out.flush();
      socket.getInputStream().readAllBytes();
    } catch (IOException ended) {
      // the other side has what it needs
    }
  }

  private static Host host(Path directory, ServerSocket server) throws Exception {
    Path key = directory.resolve("key");
    KeyPair.genKeyPair(new JSch(), KeyPair.ECDSA, 256).writePrivateKey(key.toString());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Path known = Files.createFile(directory.resolve("known_hosts"));
    HostAccess access =
        new HostAccess(
            HostAccess.Kind.SSH,
            "127.0.0.1",
            server.getLocalPort(),
            "postgres",
            key.toString(),
            known.toString(),
            List.of());
    return new Host(new HostName("garbled"), access, directory.toString());
  }
}
