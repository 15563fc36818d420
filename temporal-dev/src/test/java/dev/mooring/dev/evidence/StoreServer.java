package dev.mooring.dev.evidence;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An OpenSSH server beside those of a lab's hosts, for evidence: it has the key of the first host,
 * lets in who is let in there, and sees what the caller sees.
 */
public final class StoreServer implements AutoCloseable {
  private final Lab lab;
  private final String address;
  private final int port;
  private final Path configuration;
  private Process process;

  /** Starts it. */
  public StoreServer(Lab lab, String address, int port, String furtherSettings) throws IOException {
    this.lab = lab;
    this.address = address;
    this.port = port;
    Path theirs = first().directory().resolve("ssh/sshd_config");
    configuration = Files.createTempFile("store", ".conf");
    Files.writeString(
        configuration,
        Files.readString(theirs)
                .replaceFirst("(?m)^ListenAddress .*$", "ListenAddress " + address)
                .replaceFirst("(?m)^Port .*$", "Port " + port)
            + "LogLevel VERBOSE\n"
            + furtherSettings);
    configuration.toFile().setReadable(true, false);
    configuration.toFile().deleteOnExit();
    process = started();
  }

  /** A loopback address that no host of the lab has: the store is a machine of its own. */
  public static String addressBeside(Lab lab) {
    return lab.hosts().get(0).address().replaceFirst("^[0-9]+(.*)[.][0-9]+$", "127$1.250");
  }

  private LabHost first() {
    return lab.hosts().get(0);
  }

  /** The line by which clients know it. */
  public String knownHostsLine() throws IOException {
    String key =
        Files.readAllLines(lab.configDirectory().resolve("known_hosts")).get(0).split(" ", 2)[1];
    return "[" + address + "]:" + port + " " + key + "\n";
  }

  /** Ends it with every session that is open, as a machine that loses its power does. */
  public void cut() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
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
    List<String> command =
        new ArrayList<>(List.of("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString()));
    if (!System.getProperty("user.name").equals(lab.userName())) {
      command.addAll(
          0,
          List.of(
              "setpriv", "--reuid", lab.userName(), "--regid", lab.userName(), "--init-groups"));
    }
    try {
      Process server = new ProcessBuilder(command).redirectErrorStream(true).start();
      awaitListening(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads on afterwards, so that the server is never held up by what it says. */
  private static void awaitListening(Process server) throws IOException {
    BufferedReader lines = server.inputReader();
    String line = lines.readLine();
    while (line != null && !line.contains("Server listening")) {
      line = lines.readLine();
    }
    if (line == null) {
      throw new AssertionError("the SSH server of the store ended at once");
    }
    Thread reader = new Thread(() -> lines.lines().forEach(said -> {}), "store's SSH server");
    reader.setDaemon(true);
    reader.start();
  }
}
