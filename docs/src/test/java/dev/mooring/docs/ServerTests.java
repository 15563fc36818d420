package dev.mooring.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The test classes that pages name, as their sources show them: whether one has tests, and whether
 * some of them run with {@code temporal-dev/verify --all} alone, as JUnit's tag {@code all} says.
 */
final class ServerTests {
  private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|Property)\\b");
  private static final Pattern EXTENDS = Pattern.compile("\\bextends (\\w+)");
  private static final String ALL = "@Tag(\"all\")";

  private final Map<String, String> sources = new TreeMap<>();

  ServerTests() throws IOException {
    for (String file : files("src/test/java", ".java")) {
      sources.put(
          Path.of(file).getFileName().toString().replace(".java", ""),
          Files.readString(Path.of(file)));
    }
  }

  /**
   * What is wrong with a row that names the class.
   *
   * @param saysAll whether the row says that some of its tests run with {@code --all} alone
   */
  Optional<String> problem(String name, boolean saysAll) {
    if (!sources.containsKey(name)) {
      return Optional.of(name + " is not there");
    }
    if (family(name).noneMatch(text -> TEST.matcher(text).find())) {
      return Optional.of(name + " has no test");
    }
    boolean all = name.endsWith("IT") && family(name).anyMatch(text -> text.contains(ALL));
    if (all != saysAll) {
      return Optional.of(name + (all ? " has tests tagged all" : " has no test tagged all"));
    }
    return Optional.empty();
  }

  /** Its source, and those of the classes that it or its nested classes extend. */
  private Stream<String> family(String name) {
    String text = sources.getOrDefault(name, "");
    return Stream.concat(
        Stream.of(text),
        EXTENDS
            .matcher(text)
            .results()
            .map(found -> found.group(1))
            .filter(above -> !above.equals(name))
            .flatMap(this::family));
  }

  /** The paths of all modules' files below a directory whose names end so. */
  private static List<String> files(String below, String ending) throws IOException {
    List<String> found = new ArrayList<>();
    for (String module : List.of("workflows", "activities", "worker", "starter", "temporal-dev")) {
      Path directory = Path.of("..", module, below);
      if (Files.isDirectory(directory)) {
        try (Stream<Path> walk = Files.walk(directory)) {
          walk.map(Path::toString).filter(path -> path.endsWith(ending)).forEach(found::add);
        }
      }
    }
    return found;
  }
}
