package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.PromotionGuard;
import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Patroni calls on a host, run by the shells that may be /bin/sh there. */
class MooringPatroniTest {
  @TempDir Path directory;
  private Path data = Path.of("/nonexistent");

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @BeforeEach
  void aStandby() throws IOException {
    data = Files.createDirectory(directory.resolve("the data"));
    Files.createDirectory(data.resolve("pg_wal"));
    Files.createFile(data.resolve("pg_wal/00000002.history"));
    Files.createFile(data.resolve("pg_wal/0000000A.history"));
    Files.createFile(data.resolve("postgresql.auto.conf"));
  }

  private Path authority() {
    return directory.resolve("0.authority");
  }

  private void mayWrite(String writer) throws IOException {
    Files.writeString(
        authority(),
        "cluster=strait\ncontent=0\nepoch=7\nrun=r\nordinal=5\nattempt=1\nwriter="
            + writer
            + "\nwriter_epoch=6\nwriter_run=q\n");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void lets_one_go_that_may_write_and_says_why(List<String> shell) throws Exception {
    mayWrite("east-1");
    assertThat(asked(shell)).isEqualTo(0);
    assertThat(said).contains("names it, since epoch 6");
    mayWrite("patroni");
    assertThat(asked(shell)).isEqualTo(0);
    assertThat(said).contains("Patroni decides");
    assertThat(recorded()).hasSize(2).allMatch(line -> line.endsWith("Z pre_promote let - 10"));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void refuses_one_that_may_not_write_and_says_why(List<String> shell) throws Exception {
    mayWrite("none");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("east-1 is not promoted: ", "no instance here may write", "\nHINT: ");
    mayWrite("east-0");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("east-0 may write, not it, since epoch 6");
    mayWrite("east-1");
    Files.writeString(data.resolve("postgresql.auto.conf"), "mooring_fenced_epoch_7 = on\n");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("fenced in epoch 7");
    assertThat(recorded()).hasSize(3).allMatch(line -> line.endsWith("Z pre_promote refused - 10"));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void refuses_where_the_authority_can_not_be_read(List<String> shell) throws Exception {
    Files.createDirectory(authority());
    assertThat(asked(shell)).isEqualTo(1);
    Files.delete(authority());
    Files.writeString(authority(), "cluster=strait\n");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("is not whole");
    mayWrite("patroni");
    Files.writeString(
        authority(), Files.readString(authority()).replaceFirst("writer_run.*\n", ""));
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("is not whole");
    Files.writeString(authority(), "cluster=strait\nepoch=7\nwhatever\n");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("has the line 'whatever'");
    List<String> astray = arguments("pre_promote");
    astray.set(1, directory.resolve("another/0.authority").toString());
    assertThat(run(shell, astray)).isEqualTo(1);
    assertThat(said).contains("another/0.authority is not there or can't be searched");
  }

  /** Nobody is promoted because it was forgotten to say who may be. */
  @ParameterizedTest
  @MethodSource("shells")
  void refuses_where_nobody_said_who_may_write(List<String> shell) throws Exception {
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said)
        .contains("east-1 is not promoted: there is no authority file " + authority())
        .contains("\nHINT: ", "mooring adopt");
    mayWrite("");
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("names no member that may write");
    assertThat(recorded()).hasSize(2).allMatch(line -> line.endsWith("Z pre_promote refused - 10"));
  }

  /** What can't be read may be a fence. */
  @ParameterizedTest
  @MethodSource("shells")
  void refuses_where_it_can_not_be_read_whether_there_is_a_fence(List<String> shell)
      throws Exception {
    mayWrite("east-1");
    Path settings = data.resolve("postgresql.auto.conf");
    Files.delete(settings);
    assertThat(asked(shell)).isEqualTo(0);
    Files.createSymbolicLink(settings, directory.resolve("nothing"));
    assertThat(asked(shell)).isEqualTo(1);
    assertThat(said).contains("postgresql.auto.conf can't be read");
    List<String> astray = arguments("pre_promote");
    astray.set(0, directory.resolve("another").toString());
    assertThat(run(shell, astray)).isEqualTo(1);
    assertThat(said).contains("another can't be searched");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void decides_as_well_where_it_can_not_keep_a_record(List<String> shell) throws Exception {
    Files.createDirectory(directory.resolve("east-1.patroni"));
    mayWrite("east-1");
    assertThat(asked(shell)).isEqualTo(0);
    mayWrite("none");
    assertThat(asked(shell)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void keeps_what_callbacks_tell_and_not_for_ever(List<String> shell) throws Exception {
    assertThat(run(shell, arguments("on_role_change", "master", "strait"))).isEqualTo(0);
    assertThat(recorded())
        .singleElement()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ on_role_change master strait 10");
    Files.writeString(directory.resolve("east-1.patroni"), "old\n".repeat(200));
    assertThat(run(shell, arguments("on_stop", "replica", "strait"))).isEqualTo(0);
    assertThat(recorded()).hasSize(100).last().asString().endsWith("on_stop replica strait 10");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void promotes_nothing_when_it_is_told_too_little(List<String> shell) throws Exception {
    assertThat(run(shell, List.of(data.toString(), authority().toString(), "east-1"))).isEqualTo(1);
    assertThat(said).contains("four arguments", "\nHINT: ");
  }

  private List<String> recorded() throws IOException {
    return Files.readAllLines(directory.resolve("east-1.patroni"));
  }

  private String said = "";

  private int asked(List<String> shell) throws Exception {
    return run(shell, arguments("pre_promote"));
  }

  private List<String> arguments(String... rest) {
    List<String> arguments =
        new ArrayList<>(List.of(data.toString(), authority().toString(), "east-1"));
    arguments.addAll(List.of(rest));
    return arguments;
  }

  private int run(List<String> shell, List<String> arguments) throws Exception {
    Path program = directory.resolve("mooring-patroni");
    Files.writeString(program, PromotionGuard.TEXT);
    List<String> command = new ArrayList<>(shell);
    command.add(program.toString());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(Limit.ended(process, 20)).isTrue();
    return process.exitValue();
  }
}
