package dev.mooring.worker;

import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a failed attempt of an activity: one line with its own message for a failure that was
 * expected to be possible, a stack trace for any other, because that is a bug of ours.
 */
final class FailedAttempt {
  private static final Logger log = LoggerFactory.getLogger(FailedAttempt.class);

  private FailedAttempt() {}

  static void log(ActivityInfo activity, RuntimeException why) {
    String attempt = activity.getActivityType() + ", attempt " + activity.getAttempt();
    if (why instanceof ApplicationFailure failure) {
      log.warn("{}: {}: {}", attempt, failure.getType(), failure.getOriginalMessage());
    } else if (why instanceof ActivityCompletionException) {
      log.warn("{} was ended: {}", attempt, why.getClass().getSimpleName());
    } else {
      log.error("{} failed unexpectedly", attempt, why);
    }
  }
}
