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
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring setup}. */
@Command(
    name = "setup",
    header = "Make what a cluster's runs need before the first of them.",
    description = {
      "Makes the Ed25519 key pair that the cluster file names, unless it is there, and registers"
          + " the search attributes in Temporal's namespace. Doing it twice changes nothing. Host"
          + " scripts need no setting up: each run brings its own."
    })
final class SetupCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(index = "0", paramLabel = "CLUSTER", arity = "0..1", description = "Which cluster.")
  private String cluster = "";

  SetupCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    Cluster read = mooring.clusterFiles().read(mooring.clusterFiles().choose(cluster));
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

  private void keys(EvidencePolicy evidence) {
    String reference = evidence.signingKey().text();
    if (!reference.startsWith("file:")) {
      mooring.console().say("signing key: taken from " + reference + ", not made here");
      return;
    }
    Path secret = Path.of(reference.substring("file:".length()));
    Path known = Path.of(evidence.trustedKeyFiles().get(0));
    if (Files.exists(secret)) {
      mooring.console().say("signing key: " + secret + " is there already");
      return;
    }
    if (Files.exists(known)) {
      throw CommandFailure.refused(
          known + " is there, and its private key " + secret + " is not",
          "bring the private key back, or move the public one aside");
    }
    make(secret, known);
    mooring.console().say("signing key: made " + secret + " (0600) and " + known);
  }

  private static void make(Path secret, Path known) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      Files.createFile(
          secret,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(secret, pem("PRIVATE KEY", pair.getPrivate()));
      Files.writeString(known, pem("PUBLIC KEY", pair.getPublic()), StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw CommandFailure.failed(
          "can't write the key pair: " + e, "make the directory, or correct the cluster file", e);
    } catch (NoSuchAlgorithmException e) {
      throw CommandFailure.failed("this Java has no Ed25519", "use Java 17 or later", e);
    }
  }

  private static String pem(String label, Key key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
