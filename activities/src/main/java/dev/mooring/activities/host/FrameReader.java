package dev.mooring.activities.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits a script's output while it arrives. A line {@code BOUNDARY subject section} begins a
 * section; its text goes to the line break before the next such line and is kept as it came.
 */
final class FrameReader {
  /** Of what a login prints before the script begins: an error has its beginning. */
  private static final int NOISE_AT_MOST = 64 << 10;

  private static final String PROGRESS = "progress";

  private final String prefix;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
  private final List<Progress> progress = new ArrayList<>();
  private final StringBuilder noise = new StringBuilder();
  private StringBuilder current = noise;
  private boolean fresh = true;
  private @Nullable String subject;
  private String section = "";
  private boolean begun;
  private boolean ended;

  /** What a script reports while it runs. */
  record Progress(String subject, String text) {}

  FrameReader(String boundary) {
    this.prefix = boundary + " ";
  }

  /** Returns how many bytes are not kept, since they were progress. */
  long accept(byte[] bytes) {
    long passed = 0;
    for (byte b : bytes) {
      if (b == '\n') {
        passed += line(line.toString(StandardCharsets.UTF_8)) ? line.size() : 0;
        line.reset();
      } else {
        line.write(b);
      }
    }
    return passed;
  }

  /** Returns whether it was progress. */
  private boolean line(String text) {
    if (!text.startsWith(prefix)) {
      if (current == noise && noise.length() > NOISE_AT_MOST) {
        return false;
      }
      if (!fresh) {
        current.append('\n');
      }
      current.append(text);
      fresh = false;
      return false;
    }
    String[] words = text.substring(prefix.length()).split(" ", 3);
    if (words.length > 2 && words[1].equals(PROGRESS)) {
      progress.add(new Progress(words[0], words[2]));
      return true;
    }
    keep();
    subject = words[0];
    section = words[1];
    current = new StringBuilder();
    fresh = true;
    begun |= section.equals("begin");
    ended |= section.equals("end");
    return false;
  }

  private void keep() {
    if (subject != null) {
      sections
          .computeIfAbsent(subject, s -> new LinkedHashMap<>())
          .put(section, current.toString());
    }
  }

  /** Whether the script's first word has arrived. */
  boolean begun() {
    return begun;
  }

  /** Whether the script's last word has arrived. */
  boolean ended() {
    return ended;
  }

  /** The output before the script's first word, or of a shell that never ran it. */
  String noise() {
    return (noise + line.toString(StandardCharsets.UTF_8)).strip();
  }

  /** The progress reported since the last call. */
  List<Progress> drainProgress() {
    List<Progress> drained = List.copyOf(progress);
    progress.clear();
    return drained;
  }

  Map<String, Map<String, String>> sections() {
    return sections;
  }
}
