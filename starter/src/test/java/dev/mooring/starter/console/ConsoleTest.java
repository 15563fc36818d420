package dev.mooring.starter.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines that are drawn anew in their place, on a terminal of 12 columns. */
class ConsoleTest {
  private static final String CLEARED = "\u001b[J";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final Console console =
      new Console(
          new PrintStream(screen, true, UTF_8),
          new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
          12);

  private String drawn(String... lines) {
    screen.reset();
    console.redraw(List.of(lines));
    return screen.toString(UTF_8);
  }

  @Test
  void a_block_takes_the_place_of_the_one_before() {
    assertThat(drawn("lock", "promote")).isEqualTo("lock\npromote\n");
    assertThat(drawn("lock", "promote", "verify")).isEqualTo(up(2) + "lock\npromote\nverify\n");
    assertThat(drawn("done")).isEqualTo(up(3) + "done\n");
  }

  /** A line that the terminal wraps would be two, and the next block a line too low. */
  @Test
  void a_line_is_cut_to_the_terminal() {
    assertThat(drawn("twelve wide.")).isEqualTo("twelve wide\n");
  }

  @Test
  void what_is_said_between_stays() {
    drawn("lock");
    console.say("an answer");
    assertThat(drawn("promote")).isEqualTo("promote\n");
    console.complain("a complaint");
    assertThat(drawn("verify")).isEqualTo("verify\n");
  }

  /** A database may have such a name; the sequences of the console itself are sent as they are. */
  @Test
  void control_characters_of_a_line_are_shown() {
    String hostile = "\u001b[2J";
    assertThat(drawn(hostile)).isEqualTo("\\u001b[2J\n");
    assertThat(drawn(hostile)).isEqualTo(up(1) + "\\u001b[2J\n");
    screen.reset();
    console.say(hostile);
    console.page(List.of(hostile));
    console.say(new Table("name", "state").row(hostile, "up").lines(Table.UNLIMITED));
    assertThat(screen.toString(UTF_8).lines())
        .containsExactly(
            "\\u001b[2J",
            "\u001b[H\u001b[2J\\u001b[2J",
            "name       state",
            "---------  -----",
            "\\u001b[2J  up");
    screen.reset();
    console.help("\u001b[1mstatus\u001b[0m");
    assertThat(screen.toString(UTF_8)).isEqualTo("\u001b[1mstatus\u001b[0m\n");
  }

  /** It would be a line of the answer that nobody wrote. */
  @Test
  void a_line_feed_in_a_line_begins_no_other() {
    String hostile = "a\nb";
    assertThat(drawn(hostile)).isEqualTo("a\\nb\n");
    screen.reset();
    console.say(hostile);
    console.say(List.of(hostile));
    console.page(List.of(hostile, "c"));
    console.sayText(hostile);
    assertThat(screen.toString(UTF_8)).isEqualTo("a\\nb\na\\nb\n\u001b[H\u001b[2Ja\\nb\nc\na\nb\n");
  }

  private static String up(int lines) {
    return "\u001b[" + lines + "A" + CLEARED;
  }
}
