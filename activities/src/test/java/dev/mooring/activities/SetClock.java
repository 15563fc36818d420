package dev.mooring.activities;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is set. */
public final class SetClock extends Clock {
  private Instant now;

  /** A clock that shows that time. */
  public SetClock(Instant now) {
    this.now = now;
  }

  /** Sets it to that time. */
  public void set(Instant time) {
    now = time;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return now;
  }
}
