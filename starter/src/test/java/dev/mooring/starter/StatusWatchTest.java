package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusWatchTest {
  @ParameterizedTest
  @CsvSource({
    "--watch 0,--watch 0 must be 1 to 3600 seconds",
    "--watch 3601,--watch 3601 must be 1 to 3600 seconds",
    "--watch 5 --format json,goes with neither --format nor --output",
    "--watch 5 --output /nowhere,goes with neither --format nor --output"
  })
  void what_makes_no_sense_is_refused(String options, String fact) {
    Said said = Said.by(("status harbour " + options).split(" "));

    assertThat(said.status()).isEqualTo(2);
    assertThat(said.err()).contains(fact);
  }

  @Test
  void it_ends_where_nobody_reads_it_any_more() {
    PrintStream gone =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            true,
            StandardCharsets.UTF_8);

    int status =
        CommandTree.run(
            new Caller(Map.of(), "alice", new Console(gone, gone, 0)),
            "status harbour --address 127.0.0.1:1 --watch 3600".split(" "));

    assertThat(status).isEqualTo(1);
  }

  /** Nothing listens there. The thread that watches is interrupted with the second page. */
  @Test
  void a_look_that_fails_is_shown_and_the_next_one_made() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream screen =
        new PrintStream(written, true, StandardCharsets.UTF_8) {
          @Override
          public void flush() {
            super.flush();
            if (pages(written).size() == 2) {
              Thread.currentThread().interrupt();
            }
          }
        };

    int status =
        CommandTree.run(
            new Caller(Map.of(), "alice", new Console(screen, screen, 100)),
            "status harbour --address 127.0.0.1:1 --watch 1".split(" "));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(status).isEqualTo(1);
    assertThat(pages(written))
        .hasSize(2)
        .allSatisfy(
            page ->
                assertThat(page)
                    .startsWith("\u001b[H\u001b[2Jmooring: ")
                    .contains("`mooring whois harbour`"));
  }

  private static List<String> pages(ByteArrayOutputStream out) {
    return Stream.of(out.toString(StandardCharsets.UTF_8).split("(?=\u001b\\[H\u001b\\[2J)"))
        .filter(page -> page.contains("Ctrl-C"))
        .toList();
  }
}
