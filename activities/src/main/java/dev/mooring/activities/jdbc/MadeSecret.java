package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** A random password, in a file that is its owner's alone. */
final class MadeSecret {
  private static final String FILE = "file:";
  private static final int BYTES = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  private MadeSecret() {}

  /** Whether the reference names a file that does not exist. */
  static boolean isWanted(SecretReference reference) {
    return reference.text().startsWith(FILE) && !Files.exists(file(reference));
  }

  private static Path file(SecretReference reference) {
    return Path.of(reference.text().substring(FILE.length()));
  }

  /** Makes it, whole and on disk, unless another one came first. */
  static void make(SecretReference reference) throws DatabaseFault {
    Path file = file(reference);
    byte[] secret = new byte[BYTES];
    RANDOM.nextBytes(secret);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n";
    try {
      Path whole =
          Files.createTempFile(
              file.toAbsolutePath().getParent(),
              ".mooring",
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel out = FileChannel.open(whole, Set.of(StandardOpenOption.WRITE))) {
        out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        out.force(true);
      }
      if (Files.exists(file)) {
        Files.delete(whole);
      } else {
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (FileAlreadyExistsException another) {
      throw new DatabaseFault(
          FailureCode.AUTHENTICATION_REFUSED, "file " + file + " was made meanwhile", another);
    } catch (IOException unwritable) {
      throw new DatabaseFault(
          FailureCode.AUTHENTICATION_REFUSED,
          "password file " + file + " is not there and can't be made: " + unwritable,
          unwritable);
    }
  }
}
