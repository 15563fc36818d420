package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.jdbc.PasswordFile.Login;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds a password by its reference when it is needed, so that a rotated password is used
 * immediately and none is kept.
 */
final class Passwords {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final Function<String, Optional<String>> environment;
  private final Path home;

  Passwords(Function<String, Optional<String>> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  /**
   * The result.
   *
   * @param secret the password, or nothing if the reference is a password file without a line for
   *     this login: the server may trust it or ask for a certificate
   * @param source where it was looked for, for messages
   */
  record Found(Optional<String> secret, String source) {
    @Override
    public String toString() {
      return source;
    }
  }

  Found find(SecretReference reference, Login login) throws DatabaseFault {
    String text = reference.text();
    if (text.startsWith("env:")) {
      return fromEnvironment(text.substring("env:".length()));
    }
    if (text.startsWith("file:")) {
      Path file = Path.of(text.substring("file:".length()));
      return new Found(Optional.of(readPrivate(file).strip()), "file " + file);
    }
    return fromPasswordFile(login);
  }

  private Found fromEnvironment(String name) throws DatabaseFault {
    String secret =
        environment
            .apply(name)
            .orElseThrow(
                () -> refused("environment variable " + name + " is not set for the worker"));
    return new Found(Optional.of(secret), "environment variable " + name);
  }

  private Found fromPasswordFile(Login login) throws DatabaseFault {
    Path file = environment.apply("PGPASSFILE").map(Path::of).orElse(home.resolve(".pgpass"));
    if (!Files.exists(file)) {
      return new Found(Optional.empty(), "no password file " + file);
    }
    PasswordFile entries = PasswordFile.parse(readPrivate(file));
    Optional<String> secret = entries.passwordFor(login);
    if (secret.isPresent()) {
      return new Found(secret, "password file " + file);
    }
    if (!entries.malformed().isEmpty()) {
      throw refused(
          "password file "
              + file
              + " has no line for "
              + login
              + ", and fewer than five fields in line "
              + entries.malformed());
    }
    return new Found(Optional.empty(), "no line for " + login + " in password file " + file);
  }

  private static String readPrivate(Path file) throws DatabaseFault {
    try {
      Set<PosixFilePermission> open = Files.getPosixFilePermissions(file);
      open.retainAll(OTHERS);
      if (!open.isEmpty()) {
        throw refused("file " + file + " grants " + open + ", must be 0600 or less");
      }
      Secrets.requireOwned("file", file);
      return Files.readString(file);
    } catch (Secrets.Unusable anothers) {
      throw refused(String.valueOf(anothers.getMessage()));
    } catch (IOException | UnsupportedOperationException unreadable) {
      throw new DatabaseFault(
          FailureCode.AUTHENTICATION_REFUSED,
          "file " + file + " can't be read: " + unreadable,
          unreadable);
    }
  }

  private static DatabaseFault refused(String sentence) {
    return new DatabaseFault(FailureCode.AUTHENTICATION_REFUSED, sentence);
  }
}
