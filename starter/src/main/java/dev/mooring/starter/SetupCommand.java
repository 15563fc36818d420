package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.AttributeRegistration;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring setup}. */
@Command(
    name = "setup",
    header = "Prepare a cluster for its first run.",
    description = {
      "Makes the Ed25519 key pair that the cluster file names, unless it exists, and registers the"
          + " search attributes in Temporal's namespace. Doing it twice changes nothing. Hosts need"
          + " no scripts: each run brings its own."
    })
final class SetupCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--new-key",
      paramLabel = "FILE",
      description =
          "Make one more key pair instead, FILE and FILE with .pub in the place of its suffix, to"
              + " change to later; nothing uses it yet.")
  private Optional<Path> newKey = Optional.empty();

  @Option(
      names = "--approval-key",
      paramLabel = "FILE",
      description =
          "Make the key pair of a person who approves instead, FILE and FILE with .pub in the place"
              + " of its suffix, and print its line for the cluster file. Needs no cluster file.")
  private Optional<Path> approvalKey = Optional.empty();

  SetupCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    if (approvalKey.isPresent()) {
      return ofAPerson(approvalKey.get().toAbsolutePath());
    }
    Cluster read = mooring.clusterFiles().read(cluster.choose(mooring.clusterFiles()));
    if (newKey.isPresent()) {
      return another(newKey.get().toAbsolutePath());
    }
    keys(read.policies().evidence());
    try (TemporalServer server = mooring.connect()) {
      List<String> made = new AttributeRegistration(server).registerAbsent();
      mooring
          .console()
          .say(
              made.isEmpty()
                  ? "search attributes: all there in namespace " + server.namespace()
                  : "search attributes registered in " + server.namespace() + ": " + made);
    }
    mooring.console().say("next: `mooring check " + read.name() + "`");
    return ExitCode.DONE.status();
  }

  private int another(Path secret) {
    Path known = known(secret);
    mooring.console().say("new key: " + new KeyPairFiles(secret, List.of(known)).ensure());
    mooring
        .console()
        .say(
            "next: bring "
                + known
                + " to every site and name it in evidence.trustedKeys, before anything is sealed"
                + " with "
                + secret);
    return ExitCode.DONE.status();
  }

  private static Path known(Path secret) {
    String name = String.valueOf(secret.getFileName());
    int suffix = name.lastIndexOf('.');
    String stem = suffix > 0 ? name.substring(0, suffix) : name;
    return secret.resolveSibling(stem + ".pub");
  }

  private int ofAPerson(Path secret) {
    Path known = known(secret);
    try {
      Files.createDirectories(secret.resolveSibling("."));
      mooring.console().say("approval key: " + ApprovalKey.ensure(secret, known));
      String key =
          Files.readAllLines(known).stream()
              .filter(line -> !line.startsWith("-----"))
              .collect(Collectors.joining());
      mooring
          .console()
          .say("next: add this line to `approvers` of the cluster file, at each site:");
      mooring.console().say(String.format("  - {name: %s, key: %s}", mooring.user(), key));
      return ExitCode.DONE.status();
    } catch (IOException e) {
      throw CommandFailure.failed(
          "can't write the key pair: " + e, "name another file, or check that disk", e);
    }
  }

  private void keys(EvidencePolicy evidence) {
    String reference = evidence.signingKey().text();
    if (!reference.startsWith("file:")) {
      mooring.console().say("signing key: taken from " + reference + ", not made here");
      return;
    }
    Path secret = Path.of(reference.substring("file:".length()));
    List<Path> trusted = evidence.trustedKeyFiles().stream().map(Path::of).toList();
    mooring.console().say("signing key: " + new KeyPairFiles(secret, trusted).ensure());
  }
}
