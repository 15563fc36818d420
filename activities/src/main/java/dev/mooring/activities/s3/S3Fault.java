package dev.mooring.activities.s3;

import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A refusal of an S3 server, or its missing answer. A missing object is no fault, and no fault
 * means that an object is missing.
 *
 * @param fact one sentence, never with a key in it
 */
public record S3Fault(Kind kind, String fact) {
  private static final int TOO_MANY = 429;
  private static final int CONFLICT = 409;

  /** The kinds, by the person or program that can do something about it. */
  public enum Kind {
    /** This thread was interrupted meanwhile; its interrupt is set again. */
    STOPPED,
    /** No answer came. */
    UNANSWERED,
    /** The server could not, this time. */
    PASSING,
    /** The server refused: a person must fix it. */
    REFUSED
  }

  /**
   * Reads an exception of a client.
   *
   * @param act what was tried, in words
   * @param place the name of the bucket in messages
   */
  public static S3Fault of(String act, String bucket, String place, SdkException failure) {
    if (failure instanceof S3Exception refused) {
      return refused(act, bucket, place, refused);
    }
    if (failure instanceof AbortedException) {
      Thread.currentThread().interrupt();
      return new S3Fault(Kind.STOPPED, act + ": stopped meanwhile");
    }
    return new S3Fault(
        isUnanswered(failure) ? Kind.UNANSWERED : Kind.PASSING, act + ": " + cause(failure));
  }

  private static S3Fault refused(String act, String bucket, String place, S3Exception refused) {
    AwsErrorDetails details = refused.awsErrorDetails();
    String code = details == null ? "" : String.valueOf(details.errorCode());
    if (code.equals("NoSuchBucket")) {
      return new S3Fault(
          Kind.REFUSED, act + ": the bucket " + bucket + " is not there (" + place + ")");
    }
    String said = details == null ? "" : " " + code + ", " + details.errorMessage();
    String fact = act + ": the server answers " + refused.statusCode() + said;
    boolean passes =
        refused.statusCode() >= 500
            || refused.statusCode() == TOO_MANY
            || refused.statusCode() == CONFLICT;
    return new S3Fault(passes ? Kind.PASSING : Kind.REFUSED, fact);
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
