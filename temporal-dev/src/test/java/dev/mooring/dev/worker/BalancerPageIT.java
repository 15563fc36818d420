package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend of docs/reference/metrics.md, as the real HAProxy reads it. */
@Tag("all")
class BalancerPageIT {
  private static final Pattern BACKEND = Pattern.compile("(?s)```\n(backend .*?)```");

  private static final String REST =
      """
      defaults
        mode tcp
        timeout connect 3s
        timeout client 30m
        timeout server 30m
      frontend clients
        bind 127.0.0.1:5000
        default_backend writes
      """;

  @TempDir Path directory;

  @Test
  void is_accepted_behind_a_frontend() throws Exception {
    Matcher page =
        BACKEND.matcher(Files.readString(Path.of("..", "docs", "reference", "metrics.md")));
    assertThat(page.find()).isTrue();
    Path configuration =
        Files.writeString(
            directory.resolve("haproxy.cfg"),
            REST + page.group(1).replaceAll("[a-z0-9-]+\\.example", "127.0.0.1"));
    Process haproxy =
        new ProcessBuilder(
                System.getenv().getOrDefault("MOORING_HAPROXY", "haproxy"),
                "-c",
                "-f",
                configuration.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(haproxy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(haproxy.waitFor()).as(said).isZero();
    assertThat(said).contains("valid").doesNotContain("WARNING");
  }
}
