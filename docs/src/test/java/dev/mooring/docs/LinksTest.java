package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link between the documents, and from them into the code, leads somewhere. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  private static final Pattern HEADING_LINK =
      Pattern.compile("\\]\\(((?:[^()\\s#:]+\\.md)?)#([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  @Test
  void every_relative_link_leads_to_a_file() throws IOException {
    List<Path> pages = pages();
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages) {
      Matcher matcher = LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        String target = matcher.group(1).replaceAll("#.*", "");
        if (target.isEmpty() || target.contains("://")) {
          continue;
        }
        links++;
        if (!Files.exists(page.resolveSibling(target))) {
          broken.add(page + " -> " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).as("links looked at").isPositive();
  }

  /** As GitHub makes them of headings. */
  @Test
  void every_link_to_a_heading_leads_to_one() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher matcher = HEADING_LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        Path target = matcher.group(1).isEmpty() ? page : page.resolveSibling(matcher.group(1));
        if (!headings(target).contains(matcher.group(2))) {
          broken.add(page + " -> " + matcher.group(1) + "#" + matcher.group(2));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static List<String> headings(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("..", "README.md")));
    try (Stream<Path> files = Files.walk(Path.of("."))) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.startsWith(Path.of(".", "target")))
          .forEach(pages::add);
    }
    return pages;
  }
}
