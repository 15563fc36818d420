package dev.mooring.dev.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.architecture.Lengths.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No source is longer than one can hold in mind, tests included, unless it says why. */
class LengthsTest {
  @Test
  void no_file_and_no_method_is_too_long() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (String module : Product.MODULES) {
      sources.addAll(sources(Product.directory().resolve(module).resolve("src")));
    }
    Lengths lengths = Lengths.of(sources);
    assertThat(lengths.breaches()).isEmpty();
    assertThat(sources).as("sources looked at").hasSizeGreaterThan(500);
    assertThat(lengths.methods()).as("methods measured").isGreaterThan(3000);
  }

  @Test
  void a_file_may_have_600_lines_and_no_more() throws IOException {
    String longest = "final class A {}\n" + "\n".repeat(599);
    assertThat(breaches(longest)).isEmpty();
    assertThat(breaches(longest + "\n"))
        .containsExactly(
            "A.java has 601 lines, not at most 600. HINT: part it by topic, or state"
                + " `// longer than 600 lines, because …`");
  }

  @Test
  void a_method_may_have_40_lines_and_no_more() throws IOException {
    assertThat(breaches(method("void walk() {", 38))).isEmpty();
    assertThat(breaches(method("void walk() {", 39)))
        .containsExactly(
            "A.java: walk has 41 lines, not at most 40. HINT: part it by topic, or state"
                + " `// longer than 40 lines, because …`");
    assertThat(breaches(method("A() {", 39))).hasSize(1);
  }

  @Test
  void what_stands_above_a_signature_does_not_count() throws IOException {
    String above = "/**\n * It walks.\n *\n */\n@SuppressWarnings({\n\n\"a\"\n\n})\n";
    assertThat(breaches(method(above + "void walk() {", 38))).isEmpty();
    assertThat(breaches(method(above + "void walk() {", 39))).hasSize(1);
  }

  @Test
  void a_stated_reason_allows_the_one_length_and_needs_words() throws IOException {
    String tooLong = method("void walk() {", 39);
    String reason = "// longer than 40 lines, because ";
    assertThat(breaches(reason + "the table is one\n" + tooLong)).isEmpty();
    assertThat(breaches(reason + "\n" + tooLong)).hasSize(1);
    String both = reason + "the table is one\n" + tooLong + "\n".repeat(600);
    assertThat(breaches(both)).singleElement().asString().contains("600");
    assertThat(breaches("// longer than 600 lines, because it is one\n" + both)).isEmpty();
  }

  private static String method(String signature, int lines) {
    return "final class A {\n" + signature + "\n".repeat(lines + 1) + "}\n}\n";
  }

  private static List<String> breaches(String text) throws IOException {
    return Lengths.of(List.of(new Source("A.java", text))).breaches();
  }

  private static List<Source> sources(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    List<Source> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        String name = Product.directory().relativize(file).toString();
        sources.add(new Source(name, Files.readString(file)));
      }
    }
    return sources;
  }
}
