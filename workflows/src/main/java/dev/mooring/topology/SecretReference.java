package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where a secret is found: {@code pgpass}, {@code env:NAME} or {@code file:PATH}. The secret itself
 * is never in a cluster file, a history, a log or a process list; adapters resolve it at the moment
 * of use.
 */
public record SecretReference(@JsonValue String text) {

  @JsonCreator
  public SecretReference {
    if (!text.equals("pgpass")
        && !text.matches("env:[A-Za-z_][A-Za-z0-9_]*")
        && !text.matches("file:/.+")) {
      throw new IllegalArgumentException(
          "a secret is given as pgpass, env:NAME or file:/PATH, never as itself");
    }
  }
}
