package dev.mooring.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PgBouncer's file of databases, redirected by the shells that may be /bin/sh on a host. */
class DatabasesFileTest {
  private static final int ABSENT = 2;
  private static final int SEVERAL = 3;
  private static final int UNREADABLE = 4;

  @TempDir Path directory;

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void leads_one_database_elsewhere_and_keeps_all_else_to_the_byte(List<String> shell)
      throws Exception {
    String file =
        """
        ; app = host=10.0.0.9 port=1
        %include /etc/pgbouncer/more.ini
        [databases]
        # a remark
        app2 = host=10.0.0.1 port=5432
        app\t=  host=10.0.0.1   port = 6543 dbname='it''s host=mine' password='x y' pool_size=7 \r
        *= host=10.0.0.1
        [pgbouncer]
        app = host=10.0.0.1
        """;
    assertThat(redirected(shell, file)).isZero();
    assertThat(text("out"))
        .isEqualTo(
            file.replace("host=10.0.0.1   port = 6543", "host=db2.example.net   port = 5555"));
    assertThat(text("was")).isEqualTo("10.0.0.1:6543\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void adds_what_a_line_left_to_its_default(List<String> shell) throws Exception {
    assertThat(redirected(shell, "[databases]\napp = host='10.0.0.1' dbname=x\n")).isZero();
    assertThat(text("out"))
        .isEqualTo("[databases]\napp = host=db2.example.net dbname=x port=5555\n");
    assertThat(text("was")).isEqualTo("10.0.0.1:5432\n");
    assertThat(redirected(shell, "[databases]\n\"app\" =\n")).isZero();
    assertThat(text("out")).isEqualTo("[databases]\n\"app\" = host=db2.example.net port=5555\n");
    assertThat(text("was")).isEqualTo(":5432\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void tells_a_file_that_does_not_settle_it(List<String> shell) throws Exception {
    assertThat(redirected(shell, "[databases]\nother = host=a\n")).isEqualTo(ABSENT);
    assertThat(redirected(shell, "[databases]\napp = host=a\napp = host=b\n")).isEqualTo(SEVERAL);
    assertThat(redirected(shell, "[databases]\napp = host='a\n")).isEqualTo(UNREADABLE);
  }

  private String text(String name) throws IOException {
    return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
  }

  private int redirected(List<String> shell, String file) throws IOException, InterruptedException {
    Path ini = directory.resolve("the file.ini");
    Files.writeString(ini, file);
    Path script = directory.resolve("script");
    Files.writeString(
        script,
        Script.resource(EndpointHost.class, "pooler.sh")
            + "\nexport MOORING_POOL=app\nredirect \"$@\"\nexit $?\n");
    Process process =
        new ProcessBuilder(
                Stream.concat(
                        shell.stream(),
                        Stream.of(
                            script.toString(),
                            ini.toString(),
                            "db2.example.net",
                            "5555",
                            directory.resolve("was").toString()))
                    .toList())
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(Limit.ended(process, 30)).isTrue();
    return process.exitValue();
  }
}
