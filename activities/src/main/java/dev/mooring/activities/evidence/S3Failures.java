package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What an S3 store refused or did not answer, in one sentence; never with a key in it. */
final class S3Failures {
  private static final int TOO_MANY = 429;
  private static final int CONFLICT = 409;

  private final String bucket;
  private final String place;

  /**
   * @param place the bucket as messages call it
   */
  S3Failures(String bucket, String place) {
    this.bucket = bucket;
    this.place = place;
  }

  ApplicationFailure of(String act, SdkException failure) {
    if (failure instanceof S3Exception refused) {
      return refused(act, refused);
    }
    if (failure instanceof AbortedException) {
      Thread.currentThread().interrupt();
      return EvidenceFailures.passing(
          FailureCode.EVIDENCE_UNREADABLE, act + ": told to stop meanwhile");
    }
    if (isUnanswered(failure)) {
      return EvidenceFailures.passing(FailureCode.HOST_UNREACHABLE, act + ": " + cause(failure));
    }
    return EvidenceFailures.passing(FailureCode.EVIDENCE_UNREADABLE, act + ": " + cause(failure));
  }

  private ApplicationFailure refused(String act, S3Exception refused) {
    AwsErrorDetails details = refused.awsErrorDetails();
    String code = details == null ? "" : String.valueOf(details.errorCode());
    if (code.equals("NoSuchBucket")) {
      return EvidenceFailures.of(
          FailureCode.EVIDENCE_UNREADABLE,
          act + ": the bucket " + bucket + " is not there (" + place + ")");
    }
    String said = details == null ? "" : " " + code + ", " + details.errorMessage();
    String fact = act + ": the server answers " + refused.statusCode() + said;
    boolean passes =
        refused.statusCode() >= 500
            || refused.statusCode() == TOO_MANY
            || refused.statusCode() == CONFLICT;
    return passes
        ? EvidenceFailures.passing(FailureCode.EVIDENCE_UNREADABLE, fact)
        : EvidenceFailures.of(FailureCode.EVIDENCE_UNREADABLE, fact);
  }

  private static boolean isUnanswered(SdkException failure) {
    return failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || root(failure) instanceof IOException;
  }

  private static String cause(SdkException failure) {
    Throwable root = root(failure);
    return root instanceof IOException
        ? root.toString()
        : String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }

  private static Throwable root(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : root(cause);
  }
}
