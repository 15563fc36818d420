package dev.mooring.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Documents as they were once written: they are added to, never rewritten. */
final class Golden {
  private Golden() {}

  static byte[] bytes(String name) {
    try (InputStream in = Golden.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("no golden document " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
