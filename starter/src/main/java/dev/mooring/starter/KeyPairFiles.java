package dev.mooring.starter;

import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.starter.console.CommandFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The files of the key pair that seals evidence. Each is written whole or not at all, the private
 * key first; an existing file is checked, and never replaced.
 */
final class KeyPairFiles {
  private final Path secret;
  private final List<Path> trusted;

  /**
   * @param trusted the files of trusted public keys; a new pair's key goes into the first
   */
  KeyPairFiles(Path secret, List<Path> trusted) {
    this.secret = secret;
    this.trusted = List.copyOf(trusted);
  }

  /** Creates the pair unless it exists; returns in one sentence what was found or done. */
  String ensure() {
    try {
      if (Files.exists(secret)) {
        return found();
      }
      return made();
    } catch (NoSuchFileException e) {
      throw CommandFailure.failed(
          "can't write the key pair: there is no directory for " + e.getFile(),
          "make it, for the user that the workers run as, or correct the cluster file",
          e);
    } catch (AccessDeniedException e) {
      throw CommandFailure.failed(
          "this user may not read or write " + e.getFile(),
          "run this as the user that the workers run as, and let that user write there: `install -d"
              + " -o mooring "
              + secret.getParent()
              + "`",
          e);
    } catch (IOException e) {
      throw CommandFailure.failed(
          "can't read or write the key pair: " + e, "check that disk and run this again", e);
    }
  }

  /** Creates a pair that does not exist. */
  String made() throws IOException {
    Path known = trusted.get(0);
    if (Files.exists(known)) {
      throw CommandFailure.refused(
          known + " is there, and its private key " + secret + " is not",
          "bring the private key back, or move the public one aside");
    }
    make(known);
    return "made " + secret + " (0600) and " + known;
  }

  private String found() throws IOException {
    List<TrustedKeys.KeyText> texts = new ArrayList<>();
    for (Path file : trusted) {
      if (Files.exists(file)) {
        texts.add(new TrustedKeys.KeyText(file.toString(), Files.readString(file)));
      }
    }
    String pem = Files.readString(secret);
    if (pem.isBlank()) {
      throw CommandFailure.refused(
          secret + " is there and empty", "take it away and run this again: it sealed nothing");
    }
    if (texts.isEmpty()) {
      throw CommandFailure.refused(
          secret + " is there, and its public key " + trusted.get(0) + " is not",
          "make it of the private one: `openssl pkey -in "
              + secret
              + " -pubout -out "
              + trusted.get(0)
              + "`");
    }
    try {
      SigningKey key = SigningKey.parse(secret.toString(), pem, TrustedKeys.parse(texts));
      return secret + " is there already, and its public half " + key.id() + " is trusted";
    } catch (IllegalArgumentException e) {
      throw CommandFailure.refused(
          String.valueOf(e.getMessage()),
          "`openssl pkey -in "
              + secret
              + " -pubout` shows the public half; name a file with it in"
              + " evidence.trustedKeys, or bring the right pair back");
    }
  }

  private void make(Path known) throws IOException {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      Path secretAside = aside(secret, pem("PRIVATE KEY", pair.getPrivate()), "rw-------");
      Path knownAside = aside(known, pem("PUBLIC KEY", pair.getPublic()), "rw-r--r--");
      Files.move(secretAside, secret);
      Files.move(knownAside, known);
    } catch (NoSuchAlgorithmException e) {
      throw CommandFailure.failed("this Java has no Ed25519", "use Java 17 or later", e);
    }
  }

  /** Writes a text to a temporary file beside its path, replacing what an earlier attempt left. */
  private static Path aside(Path file, String text, String permissions) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(aside);
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            aside,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DSYNC),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    return aside;
  }

  private static String pem(String label, Key key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
