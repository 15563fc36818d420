package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Which manifest to consume: {@code latest} (safe-forward if LATEST lies below a floor), {@code
 * safe-forward} (the earliest READY one at or above every floor), or a restore point by name.
 */
public record ManifestChoice(@JsonValue String text) {
  public static final ManifestChoice LATEST = new ManifestChoice("latest");
  public static final ManifestChoice SAFE_FORWARD = new ManifestChoice("safe-forward");

  @JsonCreator
  public ManifestChoice {
    if (!text.equals("latest") && !text.equals("safe-forward")) {
      new RestorePointName(text);
    }
  }

  /** Whether it is a restore point's name. */
  @JsonIgnore
  public boolean isNamed() {
    return !equals(LATEST) && !equals(SAFE_FORWARD);
  }
}
