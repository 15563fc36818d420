package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.quoting.ShellTemplate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTemplateTest {
  @TempDir Path directory;

  /** A name of a database or application that a user of the database chose. */
  private String hostile() {
    Path broken = directory.resolve("broken-in");
    return "a  b'; touch " + broken + "; \"$(touch " + broken + ")`touch " + broken + "`\\ *";
  }

  private String printed(String template) {
    String command = ShellTemplate.fill(template, Map.of("text", hostile()));
    LocalCommand.End end = LocalCommand.run(command, Duration.ofSeconds(10));
    assertThat(directory.resolve("broken-in")).as(command).doesNotExist();
    return ((LocalCommand.End.Exited) end).output();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "printf %s {text}",
        "printf %s \"{text}\"",
        "printf %s '{text}'",
        "printf %s \"$(printf %s {text})\"",
        "printf %s \"$(printf %s \"{text}\")\"",
        "printf '%s' \"`printf '%s' '{text}'`\"",
        "printf %s \\\"\\'{text} | cut -c 3- | tr -d '\\n'",
        "x=it\\'s; printf %s {text}",
        "# it's a comment\nprintf %s {text} # don't",
        "cat <<END | tr -d '\\n' | sed 's/^.//;s/.$//'\n{text}\nEND",
      })
  void a_value_is_one_word_and_no_command_wherever_its_name_stands(String template) {
    assertThat(printed(template)).isEqualTo(hostile());
  }

  /** A case in a substitution, and backquotes within quotes, may split it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "printf %s \"$(case x in x) printf %s {text};; esac)\"",
        "printf '%s' \"`printf %s {text}`\"",
        "printf %s \"it's {text}\"",
      })
  void where_quotes_are_not_understood_a_value_is_still_no_command(String template) {
    assertThat(printed(template)).isNotNull();
  }

  @Test
  void a_value_that_means_nothing_to_a_shell_stands_as_it_is() {
    assertThat(ShellTemplate.fill("a \"{host}\" {x}", Map.of("host", "west-0.example:1")))
        .isEqualTo("a \"west-0.example:1\" {x}");
  }
}
