package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import org.jspecify.annotations.Nullable;

/** The state of a site's instances at a restore point. */
public enum ParkMode {
  /** Shut down: nothing that runs can leave the point. */
  @JsonEnumDefaultValue
  SHUTDOWN("shutdown", "off"),
  /**
   * In recovery, replay paused, open for reads. A resume of replay ends recovery: PostgreSQL goes
   * on to a promotion, and only the restore gate then prevents it.
   */
  READABLE("pause", "on");

  private final String action;
  private final String hotStandby;

  ParkMode(String action, String hotStandby) {
    this.action = action;
    this.hotStandby = hotStandby;
  }

  /** recovery_target_action of an instance that is parked so. */
  public String action() {
    return action;
  }

  /** hot_standby of an instance that is parked so. */
  public String hotStandby() {
    return hotStandby;
  }

  /**
   * Leaves the mode out of payloads if it is {@link #SHUTDOWN}, so that histories and digests stay
   * as they were before there were two; if it is left out, it is read as that.
   */
  public static final class Unsaid {
    @Override
    public boolean equals(@Nullable Object mode) {
      return mode == null || mode == SHUTDOWN;
    }

    @Override
    public int hashCode() {
      return SHUTDOWN.hashCode();
    }
  }
}
