package dev.mooring.dev.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The shell scripts beside the lab's classes. */
final class Resources {
  private Resources() {}

  static String text(String name) {
    try (InputStream text = Resources.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new LabFailure(name + " is not beside the lab's classes");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new LabFailure("unreadable " + name, e);
    }
  }
}
