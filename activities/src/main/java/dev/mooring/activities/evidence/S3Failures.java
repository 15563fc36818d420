package dev.mooring.activities.evidence;

import dev.mooring.activities.s3.S3Fault;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;

/** Turns an S3 server's faults into failures of the evidence. */
final class S3Failures {
  private S3Failures() {}

  static ApplicationFailure of(S3Fault fault) {
    return switch (fault.kind()) {
      case REFUSED -> EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, fault.fact());
      case UNANSWERED -> EvidenceFailures.passing(FailureCode.HOST_UNREACHABLE, fault.fact());
      case PASSING, STOPPED ->
          EvidenceFailures.passing(FailureCode.EVIDENCE_UNREADABLE, fault.fact());
    };
  }
}
