package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs parts of the host scripts in a real shell, beside no host. */
public final class Sh {
  private Sh() {}

  /** Where parts that look for Debian's configurations do so, as a line of the script. */
  public static String configurationsBelow(Object directory) {
    return "PG_CLUSTER_CONF_ROOT='" + directory + "'\n";
  }

  /** What the script says of these words, its $1 and on; standard error stands between. */
  public static String said(String script, Object... words)
      throws IOException, InterruptedException {
    return saidBy(List.of("sh"), script, words);
  }

  /** The shells that hosts may have as theirs. */
  public static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  /** The same by one of them. */
  public static String saidBy(List<String> shell, String script, Object... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(shell);
    command.addAll(List.of("-c", script, "sh"));
    Stream.of(words).map(String::valueOf).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 30)).isTrue();
    return said;
  }
}
