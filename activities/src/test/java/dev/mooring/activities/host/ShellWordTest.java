package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.quoting.ShellWord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellWordTest {
  private static final List<String> PIECES =
      List.of(
          "'",
          "\"",
          "\\",
          "$",
          "$(reboot)",
          "`id`",
          "${IFS}",
          "!",
          "*",
          "?",
          "[a-z]",
          "~",
          "#",
          ";",
          "&",
          "|",
          "<",
          ">",
          "(",
          ")",
          "{a,b}",
          "=",
          " ",
          "\t",
          "\n",
          "\r",
          "-n",
          "--",
          "%f",
          "EOF",
          "\u00e4",
          "\u6f22",
          "\u007f",
          "\u0001",
          "a",
          "/data/east-0");

  @TempDir Path directory;

  @Test
  void brings_every_text_through_a_real_shell_unchanged() {
    Random random = new Random(7707);
    List<String> words = new ArrayList<>(PIECES);
    words.add("");
    for (int i = 0; i < 400; i++) {
      StringBuilder word = new StringBuilder();
      for (int pieces = random.nextInt(6); pieces >= 0; pieces--) {
        word.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      words.add(word.toString());
    }
    try (LocalHost local = LocalHost.in(directory)) {
      Script script = LocalHost.script("say.sh").each("all", "say_all", words);
      Map<String, String> said = local.run(script).of("all").sections();
      for (int i = 0; i < words.size(); i++) {
        assertThat(said).containsEntry("argument" + (i + 1), words.get(i));
      }
    }
  }

  @Test
  void leaves_plain_words_readable() {
    assertThat(ShellWord.quote("/var/lib/mooring/bin")).isEqualTo("/var/lib/mooring/bin");
    assertThat(ShellWord.quote("it's")).isEqualTo("'it'\\''s'");
    assertThat(ShellWord.quote("")).isEqualTo("''");
  }

  @Test
  void refuses_what_no_shell_word_can_hold() {
    assertThatThrownBy(() -> ShellWord.quote("a\0b")).hasMessageContaining("NUL");
  }
}
