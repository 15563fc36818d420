package dev.mooring.dev.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long the server tests of clusters that stream took, as {@code verify} says it. */
class ClassSecondsTest {
  private static final Pattern STREAMING = Pattern.compile("(?m)^streaming='(.*)'$");

  @TempDir Path root = Path.of("set by JUnit");

  @Test
  void the_seconds_of_classes_that_match_are_summed_and_no_others() throws Exception {
    Path begin = Files.createFile(root.resolve("begin"));
    Files.setLastModifiedTime(begin, FileTime.from(Instant.now().minusSeconds(60)));
    report("dev.endtoend.SwitchoverIT", "1,000.4");
    report("dev.contract.CopyPortContractIT$Copies", "100.3");
    report("dev.endtoend.LockIT", "7");
    Path before = report("dev.endtoend.FailbackIT", "50");
    Files.setLastModifiedTime(before, FileTime.from(Instant.now().minusSeconds(120)));

    assertThat(seconds("Switchover|CopyPort|Failback")).isEqualTo("1101");
    assertThat(seconds("Resilver")).isEqualTo("0");
  }

  private Path report(String name, String time) throws IOException {
    Path reports = Files.createDirectories(root.resolve("one/target/failsafe-reports"));
    return Files.writeString(
        reports.resolve("TEST-" + name + ".xml"),
        "<?xml version=\"1.0\"?>\n<testsuite xmlns:a=\"b\" name=\"%s\" time=\"%s\" tests=\"1\">\n  <testcase name=\"x\" time=\"9\"/>\n"
            .formatted(name, time));
  }

  private String seconds(String classes) throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder(
                "sh",
                "-euc",
                ". lib/reports.sh; class_seconds \"$0\" failsafe-reports \"$0/begin\" \"$1\"",
                root.toString(),
                classes)
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    return said.strip();
  }

  @Test
  void every_class_that_verify_counts_is_there() throws IOException {
    Matcher streaming = STREAMING.matcher(Files.readString(Path.of("verify")));
    assertThat(streaming.find()).isTrue();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      List<String> classes =
          files
              .map(file -> file.getFileName().toString())
              .filter(n -> n.endsWith("IT.java"))
              .toList();
      for (String part : streaming.group(1).split("\\|", -1)) {
        assertThat(classes).as(part).anyMatch(name -> name.contains(part));
      }
    }
  }
}
