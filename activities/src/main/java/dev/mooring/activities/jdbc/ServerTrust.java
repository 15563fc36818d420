package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.DatabaseAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;

/**
 * Checks that a server is the intended one, as {@code database.sslMode} requires. A failure is
 * reported with its remedy; nothing is tried again with a weaker mode.
 */
final class ServerTrust {
  private final Path usualAuthority;

  /**
   * @param home of the worker's account, where libpq looks for its authority as well
   */
  ServerTrust(Path home) {
    this.usualAuthority = home.resolve(".postgresql").resolve("root.crt");
  }

  /**
   * The file of the authority that must have vouched for a server, or nothing if none is asked.
   *
   * @throws DatabaseFault if nothing in it can be believed; no server was asked
   */
  Optional<Path> authority(DatabaseAccess access) throws DatabaseFault {
    if (!access.sslMode().startsWith("verify-")) {
      return Optional.empty();
    }
    Path file =
        access.sslRootCertificate().isEmpty()
            ? usualAuthority
            : Path.of(access.sslRootCertificate());
    requireCertificates(file, access.sslMode());
    return Optional.of(file);
  }

  private static void requireCertificates(Path file, String sslMode) throws DatabaseFault {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .isEmpty()) {
        throw unusable(file, "is no PEM certificate: it is empty", sslMode, null);
      }
    } catch (IOException unreadable) {
      throw unusable(file, "can't be read: " + unreadable, sslMode, unreadable);
    } catch (CertificateException other) {
      throw unusable(file, "is no PEM certificate: " + other.getMessage(), sslMode, other);
    }
  }

  private static DatabaseFault unusable(
      Path file, String why, String sslMode, @Nullable Throwable cause) {
    String sentence =
        "the certificate authority "
            + file
            + " "
            + why
            + "; database.sslMode "
            + sslMode
            + " needs it: put it there on the worker's host, or name another as"
            + " database.sslRootCertificate";
    return cause == null
        ? new DatabaseFault(FailureCode.AUTHENTICATION_REFUSED, sentence)
        : new DatabaseFault(FailureCode.AUTHENTICATION_REFUSED, sentence, cause);
  }

  /** Why a server was not trusted, with the remedy; empty for any other trouble. */
  static Optional<DatabaseFault> refusal(
      SQLException error, String host, DatabaseAccess access, Optional<Path> authority) {
    return fact(error, host, access, authority)
        .map(fact -> new DatabaseFault(FailureCode.AUTHENTICATION_REFUSED, fact, error));
  }

  private static Optional<String> fact(
      SQLException error, String host, DatabaseAccess access, Optional<Path> authority) {
    if (says(error, "The server does not support SSL.")) {
      return Optional.of(
          "it speaks no TLS, and database.sslMode is "
              + access.sslMode()
              + "; set ssl = on there, with a certificate");
    }
    // the driver gives this one no cause and no state of its own, only its words
    String misnamed = "The hostname {0} could not be verified by hostnameverifier {1}.";
    if (says(error, misnamed, host, "PgjdbcHostnameVerifier")) {
      return Optional.of(
          "its certificate is of another name than "
              + host
              + "; give the server a certificate with that name, or name the host in the cluster"
              + " file as its certificate does");
    }
    return authority
        .filter(file -> notVouchedFor(error))
        .map(
            file ->
                "the authority in "
                    + file
                    + " does not vouch for it ("
                    + innermost(error)
                    + "); name the authority that does as database.sslRootCertificate, once it is"
                    + " known that it is the intended server");
  }

  private static boolean says(SQLException error, String words, Object... arguments) {
    return GT.tr(words, arguments).equals(error.getMessage());
  }

  private static boolean notVouchedFor(SQLException error) {
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException
          || cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return true;
      }
    }
    return false;
  }

  private static String innermost(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return String.valueOf(innermost.getMessage());
  }
}
