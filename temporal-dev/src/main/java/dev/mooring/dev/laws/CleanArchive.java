package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Law 6: no poisoned archive. No archived file changes, and every one is of the system and of a
 * timeline of the content's primary.
 */
final class CleanArchive implements Law {
  private static final int SYSTEM_IDENTIFIER_AT = 24;
  private static final int HEX = 16;
  private static final int TIMELINE_DIGITS = 8;

  @Override
  public int number() {
    return 6;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    observed
        .archivedBefore()
        .byFile()
        .forEach(
            (file, digest) -> {
              if (!Files.exists(file) || !Texts.sha256(file).equals(digest)) {
                against.add(file.getFileName() + " is no longer what was archived");
              }
            });
    for (LabInstance primary : observed.lab().instancesAt("east")) {
      Map<String, String> control = observed.control(primary);
      long newest = newest(observed, control);
      for (Path file : Texts.filesIn(observed.lab().archive(primary.content()))) {
        against.addAll(ofFile(file, primary, control, newest));
      }
    }
    return against;
  }

  /** The newest timeline of the content: if standbys stream, any member may have begun it. */
  private static long newest(Observed observed, Map<String, String> control) {
    long newest = timeline(control);
    if (observed.lab().streams()) {
      for (LabInstance member : observed.lab().instances()) {
        newest = Math.max(newest, timeline(observed.control(member)));
        for (Path file : Texts.filesIn(member.dataDirectory().resolve("pg_wal"))) {
          String name = file.getFileName().toString();
          if (name.endsWith(".history")) {
            newest = Math.max(newest, Long.parseLong(name, 0, TIMELINE_DIGITS, HEX));
          }
        }
      }
    }
    return newest;
  }

  private static long timeline(Map<String, String> control) {
    return Long.parseLong(control.getOrDefault("Latest checkpoint's TimeLineID", "0"));
  }

  private static List<String> ofFile(
      Path file, LabInstance primary, Map<String, String> control, long newest) {
    String name = file.getFileName().toString();
    if (!name.matches("[0-9A-F]{24}|[0-9A-F]{8}\\.history")) {
      return List.of();
    }
    List<String> against = new ArrayList<>();
    long timeline = Long.parseLong(name, 0, TIMELINE_DIGITS, HEX);
    if (timeline > newest) {
      against.add(name + " is of timeline " + timeline + ", " + primary.id() + " is on " + newest);
    }
    if (!name.endsWith(".history")) {
      long system =
          ByteBuffer.wrap(Texts.start(file, SYSTEM_IDENTIFIER_AT + Long.BYTES))
              .order(ByteOrder.nativeOrder())
              .getLong(SYSTEM_IDENTIFIER_AT);
      String own = control.getOrDefault("Database system identifier", "unreadable");
      if (!Long.toUnsignedString(system).equals(own)) {
        against.add(
            "%s is of system %s, %s is of %s"
                .formatted(name, Long.toUnsignedString(system), primary.id(), own));
      }
    }
    return against;
  }
}
