package dev.mooring.dev.worker;

import dev.mooring.dev.lab.Await;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.worker.WorkerMain;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** A mooring-worker in a process of its own. */
public final class WorkerProgram implements AutoCloseable {
  private final Process process;
  private final Path output;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(ThisMachine.takes(Duration.ofSeconds(5))).build();

  private WorkerProgram(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  static WorkerProgram start(Path directory, String... arguments) throws IOException {
    return start(directory, Map.of(), arguments);
  }

  /** Starts one, with more in its environment. */
  public static WorkerProgram start(
      Path directory, Map<String, String> environment, String... arguments) throws IOException {
    int port = freePort();
    Path output = Files.createTempFile(directory, "worker", ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath(),
                WorkerMain.class.getName(),
                "--http-port",
                Integer.toString(port)));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new WorkerProgram(builder.start(), output, port);
  }

  /** The tests' own, but for the second way to log, of which SLF4J would complain in its log. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("slf4j-nop"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** A port that no process is given for a connection of its own before a program listens. */
  public static int freePort() throws IOException {
    int port;
    do {
      port = ThreadLocalRandom.current().nextInt(12_000, 30_000);
    } while (!isFree(port));
    return port;
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (BindException taken) {
      return false;
    }
  }

  /** Its process. */
  public long pid() {
    return process.pid();
  }

  /** What it said so far. */
  public String said() throws IOException {
    return Files.readString(output);
  }

  /** Where its metrics and its page are. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Status and body of a page, or 0 while nothing listens. */
  public Answer get(String path) throws InterruptedException {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(ThisMachine.takes(Duration.ofSeconds(15)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException notYet) {
      return new Answer(0, "");
    }
  }

  /** What it answers to a message, as a page of another site sends it. */
  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .header("Origin", "http://127.0.0.1:8233")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Where Temporal's tools find it as a codec server. */
  public String codec() {
    return "http://127.0.0.1:" + port + "/codec";
  }

  /** What it answered. */
  public record Answer(int status, String body) {}

  /** Waits until its health has that status. */
  public void awaitHealth(int status) throws InterruptedException, IOException {
    while (get("/health").status() != status) {
      if (!process.isAlive()) {
        throw new AssertionError("the worker ended: " + said());
      }
      Thread.sleep(50);
    }
  }

  /** Its metrics, once that one is among them: the SDK reports every five seconds. */
  String awaitMetric(String name) throws InterruptedException {
    String served = get("/metrics").body();
    while (!served.contains("\n" + name)) {
      Thread.sleep(50);
      served = get("/metrics").body();
    }
    return served;
  }

  /** Asks it to end as systemd does; its exit status. */
  int terminated() throws InterruptedException {
    process.destroy();
    return ended();
  }

  /** Its exit status, once it has ended. */
  public int ended() throws InterruptedException {
    if (!Await.ended(process)) {
      throw new AssertionError("the worker did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
