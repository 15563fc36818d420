package dev.mooring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command that a finding, an ending or a failure tells to type is one that there is. */
class RemediesTest {
  private static final Path SOURCES = Path.of("..", "workflows", "src", "main", "java");
  private static final Pattern QUOTED = Pattern.compile("`mooring ([^`]+)`");
  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.of(
          ClusterName.class,
          new ClusterName("harbour"),
          SiteName.class,
          new SiteName("west"),
          InstanceId.class,
          new InstanceId("west-0"),
          String.class,
          "mooring:harbour:publish");

  @Test
  void every_command_that_is_named_is_understood() throws ReflectiveOperationException {
    List<String> misread = new ArrayList<>();
    int read = 0;
    for (Method method : Commands.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !method.getName().equals("again")) {
        read++;
        problem(said(method)).ifPresent(misread::add);
      }
    }
    assertThat(misread).isEmpty();
    assertThat(read).isGreaterThan(5);
  }

  private static String said(Method method) throws ReflectiveOperationException {
    Object[] arguments =
        Stream.of(method.getParameterTypes())
            .map(type -> Objects.requireNonNull(ARGUMENTS.get(type), type::toString))
            .toArray();
    return String.valueOf(method.invoke(null, arguments));
  }

  static List<String> acting() {
    return Runbook.TYPES;
  }

  @ParameterizedTest
  @MethodSource("acting")
  void every_runbook_is_started_again_by_a_command_there_is(String runbook) {
    String noScope = Commands.again(runbook, new ClusterName("harbour"), "");
    assertThat(problem(noScope)).isEmpty();
    assertThat(noScope).isNotEqualTo(Commands.status(new ClusterName("harbour")));
    assertThat(problem(Commands.again(runbook, new ClusterName("harbour"), "west"))).isEmpty();
  }

  @Test
  void every_command_in_the_hint_of_a_failure_is_understood() {
    for (FailureCode code : FailureCode.values()) {
      for (MatchResult command : QUOTED.matcher(code.hint()).results().toList()) {
        assertThat(CommandTexts.problem(command.group(1))).as(code.name()).isEmpty();
      }
    }
  }

  @Test
  void every_command_that_the_runbooks_spell_themselves_is_understood() throws IOException {
    List<String> misread = new ArrayList<>();
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      for (Path source : sources.filter(RemediesTest::isJudged).toList()) {
        for (String line : Files.readAllLines(source)) {
          if (line.contains("`mooring ") && !line.strip().startsWith("*")) {
            misread.addAll(problems(source, line));
          }
        }
      }
    }
    assertThat(misread).isEmpty();
  }

  /** Commands puts its lines together, which the test of its methods sees. */
  private static boolean isJudged(Path source) {
    return source.toString().endsWith(".java") && !source.endsWith("Commands.java");
  }

  private static List<String> problems(Path source, String line) {
    List<MatchResult> whole = QUOTED.matcher(line).results().toList();
    if (whole.isEmpty()) {
      return List.of(source.getFileName() + ": put together where no test sees it: " + line);
    }
    return whole.stream()
        .flatMap(command -> CommandTexts.problem(command.group(1)).stream())
        .map(problem -> source.getFileName() + ": " + problem)
        .toList();
  }

  private static Optional<String> problem(String quoted) {
    assertThat(quoted).matches(QUOTED);
    return CommandTexts.problem(quoted.substring("`mooring ".length(), quoted.length() - 1));
  }
}
