package dev.mooring.dev.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A running host: if root makes the lab, a mount namespace without other hosts' files and a network
 * namespace in which no other host listens; always an SSH server of its own. A keeper process holds
 * the namespaces, so that they outlive the SSH server and every postmaster.
 */
final class HostSpace {

  private final Layout layout;
  private final Machine machine;
  private final LabHost host;

  HostSpace(Layout layout, Machine machine, LabHost host) {
    this.layout = layout;
    this.machine = machine;
    this.host = host;
  }

  /** Makes the host's directories and brings it up. */
  void open(String authorizedKey) {
    for (Path directory :
        List.of(
            host.directory(), host.data(), host.mooring(), host.logs(), host.ssh(), host.home())) {
      machine.user().makeDirectory(directory);
    }
    if (machine.isolation().hasNamespaces()) {
      openNamespaces();
    }
    SshServer ssh = new SshServer(layout, machine, host);
    ssh.configure(authorizedKey);
    startSsh();
  }

  /** Starts the SSH server, which may have been killed. */
  void startSsh() {
    startSsh(List.of());
  }

  /**
   * The same; its sessions have the capabilities to configure the host's network. Only for a host
   * with a network of its own.
   */
  void startSshThatMayConfigureTheNetwork() {
    String rights = "+net_admin,+net_raw";
    startSsh(List.of("--inh-caps", rights, "--ambient-caps", rights));
  }

  private void startSsh(List<String> rights) {
    SshServer ssh = new SshServer(layout, machine, host);
    Path output = host.logs().resolve("sshd.out");
    List<String> command =
        rights.isEmpty()
            ? inside(ssh.command())
            : entering(machine.user().as(Command.join(rights, ssh.command())));
    LabProcess process = Command.start(layout.directory(), command, output);
    process.write(sshRecord());
    awaitSsh();
    if (!process.alive()) {
      throw new LabFailure(
          "host %s: SSH server ended at once: %s"
              .formatted(host.name(), read(output) + read(ssh.log())));
    }
  }

  /** Waits until the SSH server answers, or is gone. */
  void awaitSsh() {
    Await.until(
        () -> answers(host.sshPort()) || !ssh().alive(),
        () -> "host " + host.name() + ": SSH server does not answer");
  }

  /** Starts a program of the lab's own on the host, which stays until the lab is removed. */
  void startProgram(String name, List<String> command) {
    Command.start(layout.directory(), inside(command), host.logs().resolve(name + ".out"))
        .write(programRecord(name));
  }

  /** The SSH server's process, as it was last started. */
  LabProcess ssh() {
    return LabProcess.read(sshRecord());
  }

  /** The SSH server, the open sessions, those of an earlier server too, and their processes. */
  List<LabProcess> sshAndSessions() {
    return Stream.concat(
            Stream.of(ssh().pid()), namespace().stream().flatMap(ProcessTable::sshServersIn))
        .flatMap(ProcessTable::withDescendants)
        .distinct()
        .flatMap(pid -> LabProcess.find(pid).stream())
        .toList();
  }

  /** Runs a program on the host as the account that owns the servers. */
  String run(List<String> command, Map<String, String> environment) {
    return Command.run(layout.directory(), inside(atHome(command)), environment);
  }

  Command.Output attempt(List<String> command) {
    return Command.attempt(layout.directory(), inside(atHome(command)), Map.of());
  }

  /** Sets HOME as a login does: libpq looks for certificates below it, and fails if it may not. */
  private List<String> atHome(List<String> command) {
    return Command.join(List.of("env", "HOME=" + host.home()), command);
  }

  /** Runs a program in the host's namespaces as the caller, who is root. */
  String asRoot(String... command) {
    return Command.run(layout.directory(), entering(List.of(command)), Map.of());
  }

  /** The same for a program that may fail. */
  Command.Output attemptAsRoot(String... command) {
    return Command.attempt(layout.directory(), entering(List.of(command)), Map.of());
  }

  /** The mount namespace's identity, such as mnt:[4026532177]. */
  static Optional<String> namespaceOf(long pid) {
    try {
      return Optional.of(
          Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns", "mnt")).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The identity of this host's own namespace, while its keeper lives. */
  Optional<String> namespace() {
    return machine.isolation().hasNamespaces() && Files.exists(keeperRecord())
        ? Optional.of(LabProcess.read(keeperRecord()))
            .filter(LabProcess::alive)
            .flatMap(keeper -> namespaceOf(keeper.pid()))
        : Optional.empty();
  }

  private Path keeperRecord() {
    return layout.processes().resolve(host.name() + ".keeper");
  }

  private Path sshRecord() {
    return layout.processes().resolve(host.name() + ".sshd");
  }

  private List<String> inside(List<String> command) {
    List<String> asUser = machine.user().as(command);
    return machine.isolation().hasNamespaces() ? entering(asUser) : asUser;
  }

  /** A command as root gives it in the host's network, and with this machine's files. */
  List<String> inNetwork(List<String> command) {
    return entering(List.of("--net"), command);
  }

  /** Starts a program as root in the host's network; it runs until it is ended. */
  LabProcess startInNetwork(String name, List<String> command) {
    LabProcess process =
        Command.start(layout.directory(), inNetwork(command), host.logs().resolve(name + ".out"));
    process.write(layout.processes().resolve(host.name() + "." + name));
    return process;
  }

  /** A program of the lab's own that was started on the host, if it still runs. */
  Optional<LabProcess> program(String name) {
    Path record = layout.processes().resolve(host.name() + "." + name);
    return Files.exists(record)
        ? Optional.of(LabProcess.read(record)).filter(LabProcess::alive)
        : Optional.empty();
  }

  /** The output of such a program. */
  String saidBy(String name) {
    return read(host.logs().resolve(name + ".out"));
  }

  private List<String> entering(List<String> command) {
    return entering(machine.isolation().namespaces(), command);
  }

  private List<String> entering(List<String> namespaces, List<String> command) {
    LabProcess keeper = LabProcess.read(keeperRecord());
    if (!keeper.alive()) {
      throw new LabFailure(
          "host %s: keeper process %d of its namespace is gone"
              .formatted(host.name(), keeper.pid()));
    }
    List<String> enter =
        Command.join(List.of("nsenter", "--target", Long.toString(keeper.pid())), namespaces);
    return Command.join(enter, command);
  }

  private void openNamespaces() {
    Path log = host.logs().resolve("keeper.log");
    Path ready = host.directory().resolve("ready");
    LabProcess keeper =
        Command.start(
            layout.directory(),
            Command.join(
                Command.join(List.of("unshare"), machine.isolation().namespaces()),
                List.of(
                    "--propagation",
                    "private",
                    "sh",
                    "-c",
                    Resources.text("host-space.sh"),
                    "host-space",
                    layout.directory().toString(),
                    host.name(),
                    machine.user().name(),
                    Integer.toString(machine.user().gid()))),
            log);
    keeper.write(keeperRecord());
    Await.until(
        () -> Files.exists(ready) || !keeper.alive(),
        () -> "host " + host.name() + ": no namespace");
    if (!keeper.alive()) {
      throw new LabFailure(
          "host %s: its namespace could not be made: %s".formatted(host.name(), read(log).strip()));
    }
    if (machine.isolation() == Isolation.NETWORK) {
      new Bridge(layout.network()).tie(host, keeper);
    }
  }

  /** Waits until the program of that name, started here, answers at a port. */
  void awaitPort(int port, String name) {
    LabProcess program = LabProcess.read(programRecord(name));
    Await.until(
        () -> answers(port) || !program.alive(),
        () -> "host %s: %s does not answer at %d".formatted(host.name(), name, port));
    if (!program.alive()) {
      throw new LabFailure(
          "host %s: %s ended at once: %s"
              .formatted(host.name(), name, read(host.logs().resolve(name + ".out"))));
    }
  }

  private Path programRecord(String name) {
    return layout.processes().resolve(host.name() + "." + name);
  }

  private boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.address(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new LabFailure("unreadable " + file, e);
    }
  }
}
