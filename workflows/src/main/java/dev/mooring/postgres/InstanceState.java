package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The state of an instance in its control file, in the words of pg_controldata ("Database cluster
 * state"). It is the server's last recorded state: "in production" also after a crash.
 */
public enum InstanceState {
  STARTING_UP("starting up"),
  SHUT_DOWN("shut down"),
  SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
  SHUTTING_DOWN("shutting down"),
  IN_CRASH_RECOVERY("in crash recovery"),
  IN_ARCHIVE_RECOVERY("in archive recovery"),
  IN_PRODUCTION("in production");

  private final String text;

  InstanceState(String text) {
    this.text = text;
  }

  @JsonCreator
  public static InstanceState parse(String text) {
    return Arrays.stream(values())
        .filter(state -> state.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be one of "
                        + Arrays.stream(values())
                            .map(state -> "'" + state.text + "'")
                            .collect(Collectors.joining(", "))
                        + ", got '"
                        + text
                        + "'"));
  }

  /** True when the server ended in an orderly way and wrote so. */
  public boolean isStopped() {
    return this == SHUT_DOWN || this == SHUT_DOWN_IN_RECOVERY;
  }

  @Override
  @JsonValue
  public String toString() {
    return text;
  }
}
