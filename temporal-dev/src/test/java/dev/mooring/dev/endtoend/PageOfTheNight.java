package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The page docs/on-call.md: its commands, and the lines that it shows of what they print. Numbers,
 * times, positions and the widths of columns are of another night; … stands for more.
 */
final class PageOfTheNight {
  private static final Pattern BLOCK = Pattern.compile("(?s)```\n(.*?)```");
  private static final String MORE = "…";
  private static final String COMMAND = "$ mooring ";

  private final String run;
  private final List<String> blocks;

  /** The page, of a night whose run is that. */
  PageOfTheNight(String run) throws IOException {
    this.run = run;
    this.blocks =
        BLOCK
            .matcher(Files.readString(Path.of("..", "docs", "on-call.md")))
            .results()
            .map(found -> found.group(1))
            .toList();
  }

  /** What the page says to type, in its order. */
  List<String> commands() {
    return blocks.stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(COMMAND))
        .map(line -> line.substring(COMMAND.length()))
        .toList();
  }

  /** Holds what was printed against what the page shows in the block that begins so. */
  void shows(String begin, String printed) {
    assertThat(missing(begin, printed)).as(printed).isEmpty();
  }

  /** Whether the page shows that, in the block that begins so. */
  boolean isShown(String begin, String printed) {
    return missing(begin, printed).isEmpty();
  }

  /** The first line of that block which was not printed after those before it. */
  private Optional<String> missing(String begin, String printed) {
    String block = blocks.stream().filter(one -> one.startsWith(begin)).findFirst().orElseThrow();
    Iterator<String> lines = printed.lines().map(this::masked).iterator();
    return block
        .lines()
        .filter(line -> !line.startsWith(COMMAND) && !line.equals(MORE) && !line.isEmpty())
        .map(this::masked)
        .filter(line -> !isAmong(lines, line))
        .findFirst();
  }

  private static boolean isAmong(Iterator<String> lines, String wanted) {
    String begin = wanted.replace(" " + MORE, "");
    while (lines.hasNext()) {
      String line = lines.next();
      if (wanted.endsWith(MORE) ? line.startsWith(begin) : line.equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private String masked(String line) {
    return line.replace(run, "RUN")
        .replaceAll("\\b[0-9a-f]{64}\\b", "DIGEST")
        .replaceAll("sync_point_\\w+", "POINT")
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("\\b[0-9A-F]+/[0-9A-F]+\\b", "LSN")
        .replaceAll("(?<![\\w-])[0-9]+([.][0-9]+)?\\b", "N")
        .replaceAll(" \\(N s\\)", "")
        .replaceAll(" {2,}", "  ")
        .replaceAll("-{2,}", "--")
        .strip();
  }
}
