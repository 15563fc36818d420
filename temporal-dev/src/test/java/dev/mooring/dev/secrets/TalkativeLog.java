package dev.mooring.dev.secrets;

import dev.mooring.worker.WorkerMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;

/** A worker's log that says everything there is, as a person reads it and as a collector does. */
public final class TalkativeLog {
  private TalkativeLog() {}

  /** The worker's own settings of its log, in both forms and all at DEBUG but gRPC's frames. */
  public static Path in(Path directory) throws IOException {
    String json = between(shipped("/logback-json.xml"), "<appender name=", "</appender>");
    String levels = between(shipped("/logback-levels.xml"), "<included>", "</included>");
    String all =
        shipped("/logback.xml")
            .replace(
                "<include resource=\"logback-levels.xml\" />",
                levels.replace("<included>", "")
                    + json.replace("\"STDERR\"", "\"JSON\"")
                    + "</appender>\n")
            .replace("<appender-ref ref", "<appender-ref ref=\"JSON\" />\n<appender-ref ref");
    String talking =
        all.lines()
            .map(
                line ->
                    line.contains("io.grpc")
                        ? line
                        : line.replaceFirst("level=\"[A-Z]+\"", "level=\"DEBUG\""))
            .collect(Collectors.joining("\n"));
    return Files.writeString(directory.resolve("logback-debug.xml"), talking);
  }

  private static String shipped(String name) throws IOException {
    try (var resource = WorkerMain.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** From the one, with it, to the other, without. */
  private static String between(String text, String from, String to) {
    return text.substring(text.indexOf(from), text.indexOf(to));
  }
}
