package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every {@code mooring …} of the documents, in a fenced block or between backquotes, is understood
 * by the commands there are. Words in capitals and … stand for a value that is to be filled in.
 * Command words alone name the command, which must be there; with anything behind them the whole
 * line must be one that the command takes.
 */
class CommandLinesTest {
  private static final Pattern INLINE = Pattern.compile("`mooring ([^`]+)`");
  private static final Pattern FENCED = Pattern.compile("(?m)^(?:\\$ )?mooring ([^#\\n]+)");
  private static final int FEWEST = 30;

  @Test
  void every_command_line_of_the_documents_is_understood() throws IOException {
    List<String> misread = new ArrayList<>();
    int read = 0;
    for (Path page : pages()) {
      String text = Files.readString(page);
      for (Pattern pattern : List.of(INLINE, FENCED)) {
        Matcher line = pattern.matcher(text);
        while (line.find()) {
          read++;
          CommandTexts.problem(line.group(1).strip()).ifPresent(p -> misread.add(page + ": " + p));
        }
      }
    }
    assertThat(misread).isEmpty();
    assertThat(read).as("command lines found").isGreaterThan(FEWEST);
  }

  @Test
  void a_line_that_no_command_takes_is_found() {
    assertThat(CommandTexts.problem("publsh CLUSTER")).isPresent();
    assertThat(CommandTexts.problem("publish CLUSTER --hurry")).isPresent();
    assertThat(CommandTexts.problem("schedule pause CLUSTER").orElse("")).contains("--reason");
    assertThat(CommandTexts.problem("schedule stop")).isPresent();
    assertThat(CommandTexts.problem("publish CLUSTER --reason …")).isEmpty();
    assertThat(CommandTexts.problem("schedule pause")).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.walk(Path.of(""))) {
      return Stream.concat(
              Stream.of(Path.of("..", "README.md")),
              pages.filter(page -> page.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }
}
