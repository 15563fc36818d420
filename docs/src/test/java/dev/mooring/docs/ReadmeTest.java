package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The README's two commands are there and are run: continuous integration runs {@code verify}, and
 * {@code verify} runs {@code demo}. Its other command lines are read by {@link CommandLinesTest}.
 */
class ReadmeTest {
  private static final Pattern FENCED_SHELL = Pattern.compile("(?s)```sh\\n(.*?)```");
  private static final Path ROOT = Path.of("..");

  @Test
  void begins_with_the_demo_and_the_verification() throws IOException {
    assertThat(commands(0)).containsExactly("temporal-dev/demo", "temporal-dev/verify");
    for (String command : commands(0)) {
      assertThat(ROOT.resolve(command)).isExecutable();
    }
  }

  @Test
  void both_of_them_are_run_by_continuous_integration() throws IOException {
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("temporal-dev/verify\"");
    assertThat(Files.readString(ROOT.resolve("temporal-dev/verify")))
        .containsPattern("(?m)^ *run_demo$")
        .contains("\"$here/demo\"");
  }

  @Test
  void every_other_shell_line_is_one_of_the_command_line() throws IOException {
    assertThat(commands(1)).isNotEmpty().allMatch(line -> line.startsWith("mooring "));
  }

  @Test
  void the_lines_for_temporals_programs_are_those_of_the_page() throws IOException {
    assertThat(Files.readString(Path.of("runbooks", "publish.md")).lines().toList())
        .containsAll(commands(2));
  }

  /** The lines of a fenced block, without their comments. */
  private static List<String> commands(int block) throws IOException {
    return FENCED_SHELL
        .matcher(Files.readString(ROOT.resolve("README.md")))
        .results()
        .skip(block)
        .findFirst()
        .orElseThrow()
        .group(1)
        .lines()
        .map(line -> line.replaceFirst(" +#.*", ""))
        .toList();
  }
}
