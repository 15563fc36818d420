package dev.mooring.worker;

import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per failed attempt of an activity: what was expected to be able to fail in its own
 * words, everything else with its stack trace, because it is a fault of ours.
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
