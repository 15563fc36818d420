package dev.mooring.activities.host;

import com.sun.security.auth.module.UnixSystem;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Resolves secret references on the machine of this process at the moment of use; a secret file
 * must be its owner's alone, and its owner this process's account or root.
 */
public final class Secrets {
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";
  private static final long ROOT = 0;
  private static final int WRITTEN_BY_OTHERS = 0002;
  private static final int STICKY = 01000;
  private static final int PERMISSIONS = 07777;

  private final Function<String, Optional<String>> environment;

  /**
   * @param environment where the variables are looked up
   */
  public Secrets(Function<String, Optional<String>> environment) {
    this.environment = environment;
  }

  /**
   * The secret itself.
   *
   * @param what the name of the secret in messages
   * @throws Unusable with a message that names the reference and never the secret
   */
  public String text(String what, SecretReference secret) {
    String reference = secret.text();
    if (reference.startsWith(ENVIRONMENT)) {
      String variable = reference.substring(ENVIRONMENT.length());
      OwnVariables.add(variable);
      return environment
          .apply(variable)
          .orElseThrow(() -> new Unusable(what + " " + reference + " is not set for the worker"));
    }
    if (reference.startsWith(FILE)) {
      return readPrivate(what, Path.of(reference.substring(FILE.length())));
    }
    throw new Unusable(what + " must be file:PATH or env:NAME, got " + reference);
  }

  private static String readPrivate(String what, Path file) {
    String text = read(what, file);
    requirePrivate(what, file);
    try {
      requireNobodyElseWrites(what, file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new Unusable(what + " " + file + " can't be examined: " + e);
    }
    return text;
  }

  /**
   * Checks that only its owner has access to a file, and that its owner is the account of this
   * process or root: a user who owns a file reads it and can replace it, with any mode. It is
   * libpq's rule for the key of a client certificate.
   *
   * @throws Unusable with the command that fixes it
   */
  public static void requirePrivate(String what, Path file) {
    try {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (!mode.endsWith("------")) {
        throw new Unusable(
            what
                + " "
                + file
                + " has mode "
                + mode
                + ", must be rw------- or less: `chmod 600 "
                + file
                + "`, or a new one if others read it");
      }
    } catch (IOException e) {
      throw new Unusable(what + " " + file + " can't be examined: " + e);
    }
    requireOwned(what, file);
  }

  /** The half of {@link #requirePrivate} that is about the owner. */
  public static void requireOwned(String what, Path file) {
    try {
      long owner = ((Number) Files.getAttribute(file, "unix:uid")).longValue();
      UnixSystem account = new UnixSystem();
      if (owner != account.getUid() && owner != ROOT) {
        throw new Unusable(
            String.format(
                "%s %s belongs to %s, must belong to %s, which reads it, or to root: `chown %s"
                    + " %s`, and a new one if it was another's",
                what,
                file,
                Files.getOwner(file).getName(),
                account.getUsername(),
                account.getUsername(),
                file));
      }
    } catch (IOException e) {
      throw new Unusable(what + " " + file + " can't be examined: " + e);
    }
  }

  /**
   * Reads a file that is no secret, and that only its owner and group can replace: its content is
   * trusted.
   */
  public static String readBelieved(String what, Path file) {
    String text = read(what, file);
    try {
      requireNobodyElseWrites(what, file);
      requireNobodyElseWrites(what, file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new Unusable(what + " " + file + " can't be examined: " + e);
    }
    return text;
  }

  /** In a directory with the sticky bit every user can add files, and none replace another's. */
  private static void requireNobodyElseWrites(String what, @Nullable Path path) throws IOException {
    if (path == null) {
      return;
    }
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    if ((mode & WRITTEN_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
      throw new Unusable(
          String.format(
              "%s: %s has mode %04o, others may put another key there; must not be writable by"
                  + " others: `chmod o-w %s`",
              what, path, mode & PERMISSIONS, path));
    }
  }

  /** A file that is no secret. */
  public static String read(String what, Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new Unusable(what + " " + file + " can't be read: " + e);
    }
  }

  /** Why a secret can't be had. */
  public static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String fact) {
      super(fact);
    }
  }
}
