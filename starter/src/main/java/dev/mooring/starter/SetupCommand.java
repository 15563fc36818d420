package dev.mooring.starter;

import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.AttributeRegistration;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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

  SetupCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
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
    String name = String.valueOf(secret.getFileName());
    int suffix = name.lastIndexOf('.');
    String stem = suffix > 0 ? name.substring(0, suffix) : name;
    Path known = secret.resolveSibling(stem + ".pub");
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
