package dev.mooring.activities.host;

import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Host;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Maps every failure between worker and host to its {@link FailureCode}. It is the one place for
 * it: a host whose key changed must never look like a host that is down.
 */
public final class HostFailures {
  private HostFailures() {}

  /**
   * A failure of that kind; a failure that a person must fix is not retried.
   *
   * @param message the lowercase fact, without its hint
   */
  public static ApplicationFailure of(FailureCode code, String message, @Nullable Throwable cause) {
    String text = message + "\nHINT: " + code.hint();
    boolean tryAgain = code.owner() == FailureCode.Owner.RETRY;
    return tryAgain
        ? ApplicationFailure.newFailureWithCause(text, code.name(), cause)
        : ApplicationFailure.newNonRetryableFailureWithCause(text, code.name(), cause);
  }

  /** A refusal of the host as a whole. */
  static ApplicationFailure of(Host host, InstanceRefusal refusal) {
    return of(refusal.code(), "host " + host.name() + ": " + refusal.getMessage(), null);
  }

  /** Nothing was sent: the session could not be had. */
  static ApplicationFailure connecting(Host host, JSchException failure) {
    String where = where(host);
    String said = String.valueOf(failure.getMessage());
    if (failure instanceof JSchHostKeyException) {
      return of(
          FailureCode.HOST_KEY_REFUSED,
          where
              + " shows a key that "
              + host.access().knownHostsFile()
              + " does not have for it: "
              + said,
          failure);
    }
    if (failure instanceof JSchAlgoNegoFailException disagreed) {
      return of(
          FailureCode.HOST_ALGORITHMS_REFUSED,
          where
              + " offers nothing for "
              + purpose(disagreed.getAlgorithmName())
              + " that is strong enough: "
              + disagreed.getServerProposal(),
          failure);
    }
    if (said.startsWith("Auth ")) {
      return of(
          FailureCode.AUTHENTICATION_REFUSED,
          where + " refuses the key " + host.access().identityFile() + ": " + said,
          failure);
    }
    return of(FailureCode.HOST_UNREACHABLE, where + " can't be reached over SSH: " + said, failure);
  }

  /** The purpose of an algorithm, with the setting of sshd that has its name. */
  private static String purpose(String algorithm) {
    return switch (algorithm.replaceFirst("\\..*", "")) {
      case "kex" -> "the exchange of keys (KexAlgorithms)";
      case "server_host_key" -> "its own key (HostKeyAlgorithms)";
      case "cipher" -> "encryption (Ciphers)";
      case "mac" -> "the integrity of messages (MACs)";
      default -> algorithm;
    };
  }

  /** The key or known-hosts file of the caller, a worker or a command, can't be used. */
  static ApplicationFailure ownFile(Host host, FailureCode code, String file, Exception failure) {
    return of(
        code,
        String.format(
            "%s: %s of the machine that connects to it can't be used: %s",
            where(host), file, failure.getMessage()),
        failure);
  }

  /** The local shell can't be started. */
  static ApplicationFailure starting(Host host, Exception failure) {
    return of(
        FailureCode.HOST_PROGRAM_MISSING,
        "host " + host.name() + ": /bin/sh can't be started: " + failure.getMessage(),
        failure);
  }

  /** The script was sent and the deadline passed. */
  static ApplicationFailure silent(Host host, Script script, Duration deadline) {
    return of(
        FailureCode.HOST_SILENT,
        where(host)
            + " took the script '"
            + script.name()
            + "' and gave no answer in "
            + deadline.toMillis()
            + " ms",
        null);
  }

  /**
   * More came than is kept: of the script, or of what the account's shell prints before it. The
   * script may have begun, also if its first word is not in what was kept.
   */
  static ApplicationFailure endless(Host host, Script script) {
    return of(
        FailureCode.OUTCOME_UNKNOWN,
        where(host)
            + " printed more than the "
            + (script.answerAtMost() >> 20)
            + " MiB that are read of the script '"
            + script.name()
            + "' and of the account's start files",
        null);
  }

  /** The script was sent and the session ended before the script's last word. */
  static ApplicationFailure lost(Host host, Script script) {
    return of(
        FailureCode.OUTCOME_UNKNOWN,
        "the session to " + where(host) + " ended while the script '" + script.name() + "' ran",
        null);
  }

  /** The worker is stopping. */
  static ApplicationFailure interrupted(Host host, String what) {
    return of(
        FailureCode.OUTCOME_UNKNOWN,
        "the worker stopped waiting for " + what + " on " + where(host),
        null);
  }

  /** Something other than the script answered. */
  static ApplicationFailure refused(Host host, Script script, String said) {
    return of(
        FailureCode.HOST_REFUSED,
        where(host)
            + " did not run the script '"
            + script.name()
            + "'; it said '"
            + Said.shorten(said)
            + "'",
        null);
  }

  private static String where(Host host) {
    return switch (host.access().kind()) {
      case LOCAL -> "host " + host.name();
      case SSH ->
          "host "
              + host.name()
              + " ("
              + host.access().user()
              + "@"
              + host.access().address()
              + " port "
              + host.access().port()
              + ")";
    };
  }
}
