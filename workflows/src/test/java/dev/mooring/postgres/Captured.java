package dev.mooring.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What real servers wrote, PostgreSQL 15.20 and a Greenplum 7, kept beside the tests. */
public final class Captured {
  private Captured() {}

  /** The text of one captured file. */
  public static String text(String name) {
    try (InputStream in = Captured.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no captured file " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
