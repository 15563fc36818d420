package dev.mooring.dev.ledger;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When the load's writers write, and when they stop: a stop ends each pause at once. */
final class Pace {
  private final Tempo tempo;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean abandoned;

  Pace(Tempo tempo) {
    this.tempo = tempo;
  }

  Tempo tempo() {
    return tempo;
  }

  void stop() {
    stopping.countDown();
  }

  /** Stops without bringing anything to its end. */
  void abandon() {
    abandoned = true;
    stop();
  }

  boolean stopped() {
    return stopping.getCount() == 0;
  }

  boolean abandoned() {
    return abandoned;
  }

  /** Pauses also while stopping, for work that must be finished. */
  static void rest(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Pauses, but no longer than until the stop. */
  void pause(Duration duration) {
    try {
      stopping.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
    }
  }
}
