package dev.mooring.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Evidence that somebody altered by hand: still a document, no longer what was sealed. */
public final class Alteration {
  private static final String YEAR = "sync_point_2026";
  private static final String ANOTHER_YEAR = "sync_point_2025";
  private static final String FOREIGN = "/dev/mooring/wire/reference-manifest.json";

  private Alteration() {}

  /** A manifest as the reference tool writes it. */
  public static byte[] foreignManifest() {
    try (InputStream document = Alteration.class.getResourceAsStream(FOREIGN)) {
      return Objects.requireNonNull(document, FOREIGN).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document, about another restore point. */
  public static byte[] of(byte[] document) {
    String text = new String(document, StandardCharsets.UTF_8);
    String altered = text.replaceFirst(YEAR, ANOTHER_YEAR);
    if (altered.equals(text)) {
      throw new IllegalArgumentException("the document names no restore point: " + text);
    }
    return altered.getBytes(StandardCharsets.UTF_8);
  }
}
