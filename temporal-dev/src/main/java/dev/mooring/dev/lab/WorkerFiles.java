package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * The files with which a worker runs against a lab: keys, known hosts, password file, cluster file.
 * They belong to the caller, and no host of the lab has them.
 */
final class WorkerFiles {
  private final Layout layout;

  WorkerFiles(Layout layout) {
    this.layout = layout;
  }

  Path sshKey() {
    return layout.config().resolve("id_ed25519");
  }

  Path knownHosts() {
    return layout.config().resolve("known_hosts");
  }

  Path signingKey() {
    return layout.config().resolve("signing.pem");
  }

  Path trustedKey() {
    return layout.config().resolve("signing.pub");
  }

  Path passwords() {
    return layout.config().resolve("pgpass");
  }

  /** The one password of the lab's roles but the superuser, and of PgBouncer's console. */
  Path rolePassword() {
    return layout.config().resolve("role.password");
  }

  /** The certificate of every Patroni's REST API, which vouches for itself. */
  Path patroniCertificate() {
    return layout.config().resolve("patroni.pem");
  }

  /** Creates both key pairs; returns the line that admits the SSH key. */
  String makeKeys() {
    Command.run(
        layout.directory(),
        List.of(
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "mooring",
            "-f",
            sshKey().toString()),
        Map.of());
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      writePrivately(signingKey(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      writePrivately(trustedKey(), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
      return Files.readString(Path.of(sshKey() + ".pub"));
    } catch (GeneralSecurityException | IOException e) {
      throw new LabFailure("could not make the lab's keys", e);
    }
  }

  void writeKnownHosts(String lines) {
    writePrivately(knownHosts(), lines);
  }

  void writePasswords(String user, String password) {
    writePrivately(passwords(), "*:*:*:%s:%s%n".formatted(user, password));
    writePrivately(rolePassword(), password + System.lineSeparator());
  }

  static void writePrivately(Path file, String text) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new LabFailure("could not write " + file, e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
