package dev.mooring.dev.evidence;

import dev.mooring.dev.lab.Await;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real S3 server with one bucket, its objects in a directory of the caller's. */
public final class S3Server implements AutoCloseable {
  public static final String BUCKET = "harbour-evidence";

  private static final String KEY_ID = "mooring-tests";
  private static final String SECRET = "not-secret-at-all";

  private final Path directory;
  private final InetAddress address;
  private final int port;
  private Process process;

  /** Starts it over a directory that keeps what it holds when the server is gone. */
  public S3Server(Path directory) throws IOException {
    this(directory, InetAddress.getLoopbackAddress());
  }

  /** The same at another address of this machine. */
  public S3Server(Path directory, InetAddress address) throws IOException {
    this.directory = directory;
    this.address = address;
    Files.createDirectories(bucket());
    try (ServerSocket free = new ServerSocket(0, 1, address)) {
      port = free.getLocalPort();
    }
    process = started();
  }

  /** Where the bucket's objects lie as files. */
  public Path bucket() {
    return objects().resolve(BUCKET);
  }

  private Path objects() {
    return directory.resolve("objects");
  }

  private Path about() {
    return directory.resolve("about");
  }

  /** The process that serves. */
  public long pid() {
    return process.pid();
  }

  public int port() {
    return port;
  }

  /** What the cluster file calls its endpoint. */
  public String endpoint() {
    return "http://" + address.getHostAddress() + ":" + port;
  }

  /** The access keys as a worker's environment has them. */
  public static Optional<String> environment(String name) {
    return switch (name) {
      case "STORE_KEY_ID" -> Optional.of(KEY_ID);
      case "STORE_SECRET" -> Optional.of(SECRET);
      case "WRONG_SECRET" -> Optional.of(SECRET + "?");
      default -> Optional.empty();
    };
  }

  /** The store at that port, which may be one that leads here. */
  public static EvidenceStore.S3 store(int port, String prefix, String secret) {
    return new EvidenceStore.S3(
        BUCKET,
        prefix,
        "us-east-1",
        "http://127.0.0.1:" + port,
        EvidenceStore.Addressing.PATH,
        new EvidenceStore.Credentials.Keys(
            new SecretReference("env:STORE_KEY_ID"), new SecretReference("env:" + secret)));
  }

  /** What curl is told on a host that may read and write here. */
  public static String curlConfig() {
    return "user = \"" + KEY_ID + ":" + SECRET + "\"\naws-sigv4 = \"aws:amz:us-east-1:s3\"\n";
  }

  /** Ends it as a machine does that loses its power. */
  public void cut() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again. */
  public void back() {
    process = started();
  }

  @Override
  public void close() {
    cut();
  }

  private Process started() {
    String program =
        Optional.ofNullable(System.getenv("MOORING_VERSITYGW"))
            .orElseThrow(
                () -> new AssertionError("no S3 server: temporal-dev/setup --print-env names it"));
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                program,
                "--quiet",
                "--port",
                address.getHostAddress() + ":" + port,
                "posix",
                "--sidecar",
                about().toString(),
                objects().toString()));
    builder.environment().put("ROOT_ACCESS_KEY_ID", KEY_ID);
    builder.environment().put("ROOT_SECRET_ACCESS_KEY", SECRET);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Files.createDirectories(about());
      Process server = builder.start();
      awaitListening(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening(Process server) throws IOException {
    Instant began = Instant.now();
    while (true) {
      try {
        new Socket(address, port).close();
        return;
      } catch (IOException notYet) {
        if (ended(server) || Duration.between(began, Instant.now()).compareTo(Await.LIMIT) > 0) {
          throw new AssertionError("the S3 server does not listen on port " + port, notYet);
        }
      }
    }
  }

  private static boolean ended(Process server) throws IOException {
    try {
      return server.waitFor(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
