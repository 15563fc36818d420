package dev.mooring.activities.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PgBouncer's file of databases, redirected by the shells that may be /bin/sh on a host. */
class DatabasesFileTest {
  private static final int ABSENT = 2;
  private static final int SEVERAL = 3;
  private static final int UNREADABLE = 4;
  private static final String OLD = "host=10.0.0.1 port=5432";
  private static final String NEW = "host=10.0.0.2 port=5433";
  private static final String THEIRS = "host=10.0.0.3 port=5434";
  private static final List<String> NAMES = List.of("app", "other", "third", "last");

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
        %include /nonexistent/more.ini
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
    assertThat(text("was").lines())
        .containsExactly(
            "10.0.0.1:6543",
            file.lines().skip(5).findFirst().orElseThrow(),
            text("out").lines().skip(5).findFirst().orElseThrow());
    assertThat(text("was.others"))
        .isEqualTo(
            "%include /nonexistent/more.ini||unreadable\napp2|10.0.0.1|5432\n*|10.0.0.1|5432\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void adds_what_a_line_left_to_its_default(List<String> shell) throws Exception {
    assertThat(redirected(shell, "[databases]\napp = host='10.0.0.1' dbname=x\n")).isZero();
    assertThat(text("out"))
        .isEqualTo("[databases]\napp = host=db2.example.net dbname=x port=5555\n");
    assertThat(text("was")).startsWith("10.0.0.1:5432\n");
    assertThat(redirected(shell, "[databases]\n\"app\" =\n")).isZero();
    assertThat(text("out")).isEqualTo("[databases]\n\"app\" = host=db2.example.net port=5555\n");
    assertThat(text("was")).startsWith(":5432\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void tells_a_file_that_does_not_settle_it(List<String> shell) throws Exception {
    assertThat(redirected(shell, "[databases]\nother = host=a\n")).isEqualTo(ABSENT);
    assertThat(redirected(shell, "[databases]\napp = host=a\napp = host=b\n")).isEqualTo(SEVERAL);
    assertThat(redirected(shell, "[databases]\napp = host='a\n")).isEqualTo(UNREADABLE);
  }

  /** Of a PgBouncer whose databases are app, other and elsewhere. */
  private String others(List<String> shell, String host, Path ini) throws Exception {
    Files.writeString(
        directory.resolve("app.pools"),
        "name|host|port\napp|%s|5432\nother|10.0.0.5|5432\nelsewhere|10.0.0.5|6000\n"
            .formatted(host));
    return Sh.saidBy(
        shell,
        Script.resource(Script.class, "prelude.sh")
            + Script.resource(Script.class, "pause.sh")
            + Script.resource(EndpointHost.class, "pooler.sh")
            + """
            subject=app work=$2 pool_host=$3 pool_port=5432
            export MOORING_POOL=app
            file_says "$1" >/dev/null
            others_there
            """,
        ini,
        directory,
        host);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void names_what_included_files_have_and_what_may_be_the_same_server(List<String> shell)
      throws Exception {
    Path more = Files.writeString(directory.resolve("more.ini"), "* = host=10.0.0.5\n");
    Path ini =
        write("[databases]\napp =\n%include " + more + " \r\n[pgbouncer]\n%include own.ini\n");
    assertThat(others(shell, "10.0.0.5", ini).lines())
        .containsExactlyInAnyOrder("%include own.ini (can't be read)", "*", "other");
    for (String hosts : List.of("primary.invalid", "10.0.0.7,primary.invalid")) {
      assertThat(others(shell, hosts, ini).lines())
          .as(hosts)
          .containsExactlyInAnyOrder(
              "%include own.ini (can't be read)",
              "* (no address of primary.invalid)", "other (no address of primary.invalid)");
    }
    assertThat(others(shell, "10.0.0.6", ini)).isEqualTo("%include own.ini (can't be read)\n");
  }

  /** Debian's has its databases in pgbouncer.ini, which then includes what a run may replace. */
  @ParameterizedTest
  @MethodSource("shells")
  void names_what_the_file_has_that_pgbouncer_was_started_with(List<String> shell)
      throws Exception {
    Path ini = write("[databases]\napp =\nlast = host=10.0.0.5\n");
    Path started = directory.resolve("pgbouncer.ini");
    Files.writeString(directory.resolve("app.config"), "key|value\nconffile|" + started + "\n");
    assertThat(others(shell, "10.0.0.5", ini).lines())
        .containsExactlyInAnyOrder(started + " (can't be read)", "last", "other");
    Files.writeString(
        started, "[databases]\n* = host=10.0.0.5\n%include " + ini + "\n[pgbouncer]\n");
    assertThat(others(shell, "10.0.0.5", ini).lines())
        .containsExactlyInAnyOrder("*", "last", "other");
    assertThat(text("app.redirected")).doesNotContain("*");
  }

  /** By the directory of the process that PgBouncer's pid file names. */
  @ParameterizedTest
  @MethodSource("shells")
  void follows_a_path_that_is_relative_to_where_pgbouncer_was_started(List<String> shell)
      throws Exception {
    Path etc = Files.createDirectories(directory.resolve("etc"));
    Files.writeString(etc.resolve("own.ini"), "deep = host=10.0.0.5\n%include deeper.ini\n");
    Files.writeString(
        etc.resolve("deeper.ini"), "[databases]\n* = host=10.0.0.5\n%include own.ini");
    Path ini = write("[databases]\n%include own.ini\napp =\nlast = host=10.0.0.5\n");
    Process pgbouncer = new ProcessBuilder("sleep", "60").directory(etc.toFile()).start();
    try {
      Path pid = Files.writeString(directory.resolve("pid"), pgbouncer.pid() + "\n");
      Files.writeString(directory.resolve("app.config"), "key|value\npidfile|" + pid + "\n");
      assertThat(others(shell, "10.0.0.5", ini).lines())
          .contains("*", "deep", "last", "other")
          .noneMatch(line -> line.contains("deeper"));
    } finally {
      pgbouncer.destroy();
    }
    assertThat(Limit.ended(pgbouncer, 30)).isTrue();
    assertThat(others(shell, "10.0.0.5", ini).lines())
        .containsExactlyInAnyOrder("%include own.ini (can't be read)", "last", "other");
  }

  /** A run would find that out between the pause and the promotion, or after it. */
  @ParameterizedTest
  @MethodSource("shells")
  void says_before_that_its_account_can_not_replace_the_file(List<String> shell) throws Exception {
    Path ini = write(file(OLD));
    List<String> asked = List.of("unless_replaceable", ini.toString());
    assertThat(said(act(shell, "app", asked))).isEmpty();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    List<String> other =
        new ArrayList<>(
            System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of());
    other.addAll(shell);
    assertThat(said(act(other, "app", asked))).startsWith("; can't be replaced by ");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(said(act(other, "app", asked)).isEmpty()).isEqualTo(other.equals(shell));
  }

  /** Several endpoints may have one file: none writes over the change of another. */
  @ParameterizedTest
  @MethodSource("shells")
  void endpoints_of_one_file_are_prepared_and_reverted_at_the_same_time(List<String> shell)
      throws Exception {
    for (int round = 0; round < 3; round++) {
      String before = file(OLD);
      Path ini = write(before);
      String run = "run-" + round;
      assertThat(each(shell, "ensure_prepared", ini.toString(), "10.0.0.2", "5433", run))
          .containsOnly("");
      assertThat(Files.readString(ini)).isEqualTo(file("host=10.0.0.2 port=5433"));
      assertThat(each(shell, "revert_prepared", ini.toString(), run)).containsOnly("");
      assertThat(Files.readString(ini)).isEqualTo(before);
    }
  }

  /** A person's lines, and those of another cluster's run, are no matter of an undo. */
  @ParameterizedTest
  @MethodSource("shells")
  void an_undo_puts_back_the_lines_of_its_own_run_alone(List<String> shell) throws Exception {
    Path ini = write(file(OLD));
    List<String> theirs = List.of("ensure_prepared", ini.toString(), "10.0.0.3", "5434", "run-2");
    for (String name : List.of("app", "other")) {
      assertThat(said(act(shell, name, prepare(ini)))).isEmpty();
      Files.writeString(ini, "; by hand\n" + Files.readString(ini));
    }
    assertThat(said(act(shell, "last", theirs))).isEmpty();
    assertThat(said(act(shell, "app", revert(ini)))).isEmpty();
    assertThat(said(act(shell, "other", revert(ini)))).isEmpty();
    String left = "; by hand\n; by hand\n" + file(OLD).replace(last(OLD), last(THEIRS));
    assertThat(Files.readString(ini)).isEqualTo(left);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void a_line_that_a_person_changed_since_is_left_as_it_is(List<String> shell) throws Exception {
    Path ini = write(file(OLD));
    assertThat(said(act(shell, "last", prepare(ini)))).isEmpty();
    String changed = Files.readString(ini).replace(last(NEW), last(NEW + " pool_size=3"));
    write(changed);
    assertThat(said(act(shell, "last", revert(ini)))).contains("was changed since, and not by");
    assertThat(Files.readString(ini)).isEqualTo(changed);
    write(changed.replace(last(NEW + " pool_size=3"), last(OLD)));
    assertThat(said(act(shell, "last", revert(ini)))).isEmpty();
    assertThat(Files.readString(ini)).isEqualTo(file(OLD));
  }

  private static List<String> prepare(Path ini) {
    return List.of("ensure_prepared", ini.toString(), "10.0.0.2", "5433", "run-1");
  }

  private static List<String> revert(Path ini) {
    return List.of("revert_prepared", ini.toString(), "run-1");
  }

  private static String last(String target) {
    return "last = " + target;
  }

  private static String file(String target) {
    return NAMES.stream()
        .map(name -> name + " = " + target + " dbname=postgres\n")
        .collect(Collectors.joining("", "[databases]\n", "[pgbouncer]\n"));
  }

  private Path write(String content) throws IOException {
    return Files.writeString(directory.resolve("the file.ini"), content);
  }

  /** What the script says for each endpoint, all at the same time. */
  private List<String> each(List<String> shell, String... call) throws Exception {
    List<Process> acts = new ArrayList<>();
    for (String name : NAMES) {
      acts.add(act(shell, name, List.of(call)));
    }
    List<String> said = new ArrayList<>();
    for (Process act : acts) {
      said.add(said(act));
    }
    return said;
  }

  private static String said(Process act) throws Exception {
    String said = new String(act.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(act, 30)).isTrue();
    return said;
  }

  /**
   * The script's own functions about the file, beside a PgBouncer that points at the old server.
   */
  private Process act(List<String> shell, String endpoint, List<String> call) throws IOException {
    Path own = directory.resolve("endpoints").resolve(endpoint).resolve("strait");
    Files.createDirectories(own);
    Path script = own.resolve("script");
    Files.writeString(
        script,
        Script.resource(EndpointHost.class, "pooler.sh")
            + """
            refuse() { echo "$*"; exit 1; }
            find_psql() { :; }
            console() { :; }
            see_pool() { pool_host=10.0.0.1 pool_port=5432; }
            subject=$MOORING_POOL work=$cluster_dir
            "$@"
            """);
    List<String> command = new ArrayList<>(shell);
    command.add(script.toString());
    command.addAll(call);
    ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
    process.environment().put("MOORING_POOL", endpoint);
    process.environment().put("cluster_dir", own.toString());
    return process.start();
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
