package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import org.jspecify.annotations.Nullable;

/** What the instances of a site follow. */
public enum Follows {
  /** Restore points: they are parked at one, and moved on to the next by a consume. */
  @JsonEnumDefaultValue
  RESTORE_POINTS,
  /** The primary, immediately: they are its standbys, any of which may become the primary. */
  STREAMING;

  /**
   * Leaves it out of payloads if it is {@link #RESTORE_POINTS}, so that histories and digests stay
   * as they were before there were two; if it is left out, it is read as that.
   */
  public static final class Unsaid {
    @Override
    public boolean equals(@Nullable Object follows) {
      return follows == null || follows == RESTORE_POINTS;
    }

    @Override
    public int hashCode() {
      return RESTORE_POINTS.hashCode();
    }
  }
}
