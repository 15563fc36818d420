package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;

/** The failures of the evidence store, with the codes that runbooks and operators know. */
final class EvidenceFailures {
  private EvidenceFailures() {}

  /** A failure that a person must fix. */
  static ApplicationFailure of(FailureCode code, String fact) {
    return ApplicationFailure.newNonRetryableFailure(sentence(code, fact), code.name());
  }

  /** The store did not answer this time; the call is retried. */
  static ApplicationFailure passing(FailureCode code, String fact) {
    return ApplicationFailure.newFailure(sentence(code, fact), code.name());
  }

  /** A document that must be believed and isn't. */
  static ApplicationFailure refused(Document.Fault fault, String fact) {
    FailureCode code =
        switch (fault) {
          case UNREADABLE -> FailureCode.EVIDENCE_UNREADABLE;
          case SEAL_BROKEN, FOREIGN -> FailureCode.SEAL_BROKEN;
        };
    return of(code, fact);
  }

  /** The root does not exist: nothing is known of the store's content. */
  static ApplicationFailure noRoot(String root) {
    return of(
        FailureCode.EVIDENCE_UNREADABLE,
        "the evidence store's directory " + root + " is not there: never made, or not mounted");
  }

  /** The store does not keep what was written to it; no file was given that name. */
  static ApplicationFailure notAsWritten(String where) {
    return passing(
        FailureCode.EVIDENCE_UNREADABLE,
        where + " was written and does not read back as it was written");
  }

  private static String sentence(FailureCode code, String fact) {
    return fact + "\nHINT: " + code.hint();
  }
}
