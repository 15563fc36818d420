package dev.mooring.dev.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority, made by the JDK's keytool, and the certificates it vouches for. */
public final class Authority {
  private static final String PASSWORD = "changeit";

  private final Path directory;
  private final String name;

  private Authority(Path directory, String name) {
    this.directory = directory;
    this.name = name;
  }

  /** Makes one whose files are in that directory. */
  public static Authority make(Path directory, String name) {
    Authority made = new Authority(directory, name);
    made.keytool("-alias", "authority", "-dname", "CN=" + name, "-ext", "bc:c");
    made.write(made.certificate(), pem("CERTIFICATE", made.encoded("authority")));
    return made;
  }

  /**
   * One key with its certificate, as PEM files that only their owner reads.
   *
   * @param certificate the certificate
   * @param key its private key, PKCS #8
   */
  public record Identity(Path certificate, Path key) {}

  /** The authority's own certificate, which those who believe it are given. */
  public Path certificate() {
    return directory.resolve(name + ".pem");
  }

  /**
   * Vouches for a new key.
   *
   * @param subject its common name, and what its files are called
   * @param alternative its subject alternative name as keytool writes it, such as {@code
   *     ip:127.0.0.1}
   */
  public Identity vouchFor(String subject, String alternative) {
    keytool(
        "-alias",
        subject,
        "-dname",
        "CN=" + subject,
        "-signer",
        "authority",
        "-ext",
        "san=" + alternative);
    Identity identity =
        new Identity(
            directory.resolve(name + "-" + subject + ".crt"),
            directory.resolve(name + "-" + subject + ".key"));
    write(identity.certificate(), pem("CERTIFICATE", encoded(subject)));
    write(identity.key(), pem("PRIVATE KEY", privateKey(subject)));
    return identity;
  }

  private byte[] encoded(String alias) {
    try {
      Certificate certificate = store().getCertificate(alias);
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("no certificate " + alias, e);
    }
  }

  private byte[] privateKey(String alias) {
    try {
      Key key = store().getKey(alias, PASSWORD.toCharArray());
      return key.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("no key " + alias, e);
    }
  }

  private KeyStore store() throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(keys())) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path keys() {
    return directory.resolve(name + ".p12");
  }

  private void keytool(String... how) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-keystore",
                keys().toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(how));
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new AssertionError("keytool failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while keytool ran", e);
    }
  }

  private void write(Path file, String text) {
    try {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
