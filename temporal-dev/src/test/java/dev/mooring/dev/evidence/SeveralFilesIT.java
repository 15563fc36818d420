package dev.mooring.dev.evidence;

import dev.mooring.activities.evidence.EvidenceFiles;
import dev.mooring.activities.evidence.EvidenceFilesContract;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contract of evidence stores, held by two directories and a bucket together. */
@Tag("all")
class SeveralFilesIT extends EvidenceFilesContract {
  private static final Hosts NO_HOSTS = new Hosts(Duration.ofSeconds(5));

  @TempDir static Path directory = Path.of("set by JUnit");

  private static S3Server server;
  private final String name = UUID.randomUUID().toString();

  @BeforeAll
  static void raise() throws Exception {
    server = new S3Server(directory.resolve("s3"));
    byte[] key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    Files.writeString(
        directory.resolve("trusted.pub"),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(key)
            + "\n-----END PUBLIC KEY-----\n");
  }

  @AfterAll
  static void strike() {
    server.close();
    NO_HOSTS.close();
  }

  @AfterEach
  void bucketIsThereAgain() throws IOException {
    Files.createDirectories(server.bucket());
  }

  private Path root(String which) {
    return directory.resolve(name).resolve(which);
  }

  @Override
  protected EvidenceFiles open() throws Exception {
    Files.createDirectories(root("first"));
    Files.createDirectories(root("third"));
    return new StoresByKind(NO_HOSTS, S3Server::environment)
        .open(
            new EvidencePolicy(
                new EvidenceStore.Directory(root("first").toString()),
                new SecretReference("env:UNUSED"),
                List.of(directory.resolve("trusted.pub").toString()),
                List.of(),
                List.of(
                    S3Server.store(server.port(), name, "STORE_SECRET"),
                    new EvidenceStore.Directory(root("third").toString())),
                2));
  }

  @Override
  protected void removeRoot() throws Exception {
    Files.move(root("first"), root("first, away"));
    Files.move(root("third"), root("third, away"));
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String where) throws Exception {
    Files.writeString(root("first").resolve(where).resolve(".LATEST.json.4711.tmp"), "half");
  }
}
