package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The restore gate, run by the shells that may be /bin/sh on a host; temporal-dev/setup has them.
 */
class MooringRestoreTest {
  private static final int BYTES = 64;
  private static final String TARGET = "0000000200000009000000E4";
  private static final String REFUSED = "ends=refused";

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");

  static Stream<List<String>> shells() {
    return Stream.of(List.of("dash"), List.of("bash", "--posix"), List.of("busybox", "sh"));
  }

  @BeforeEach
  void fill() throws IOException {
    archive = Files.createDirectory(directory.resolve("the archive"));
    for (String file :
        List.of(
            "0000000100000009000000E3",
            TARGET,
            "0000000200000009000000E5",
            "000000020000000A00000000",
            "0000000300000009000000E4")) {
      Files.writeString(archive.resolve(file), "w".repeat(BYTES));
    }
    for (String file : List.of("00000002.history", "00000003.history")) {
      Files.writeString(archive.resolve(file), "history");
    }
    Files.writeString(archive.resolve("0000000100000009000000E3.00000028.backup"), "label");
    write("cp \"" + archive + "/%f\" \"%p\"");
  }

  private void write(String command) throws IOException {
    Files.writeString(
        gateFile(),
        """
        point=sync_point_20261120_101112_ab
        timeline=00000002
        last=%s
        bytes=%d
        archive=%s
        command=%s
        """
            .formatted(TARGET, BYTES, archive, command));
  }

  @ParameterizedTest
  @MethodSource("shells")
  void serves_what_leads_to_the_target(List<String> shell) throws Exception {
    for (String file :
        List.of(
            "0000000100000009000000E3",
            TARGET,
            "00000002.history",
            "0000000100000009000000E3.00000028.backup")) {
      assertThat(gate(shell, file)).as(file).isZero();
      assertThat(served()).hasSameBinaryContentAs(archive.resolve(file));
    }
    assertThat(status()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void serves_nothing_beyond_the_target(List<String> shell) throws Exception {
    for (String file :
        List.of(
            "0000000200000009000000E5",
            "000000020000000A00000000",
            "0000000300000009000000E4",
            "../../etc/passwd",
            "RECOVERYXLOG",
            "0000000200000009000000e4")) {
      assertThat(gate(shell, file)).as(file).isEqualTo(1);
      assertThat(served()).doesNotExist();
      assertThat(status()).content().startsWith("beyond " + file);
    }
  }

  /** A status above 125 is what PostgreSQL dies of. */
  @ParameterizedTest
  @MethodSource("shells")
  void ends_a_server_that_is_to_be_read_when_it_looks_for_a_timeline_to_open_on(List<String> shell)
      throws Exception {
    assertThat(gate(shell, "00000003.history")).isEqualTo(1);
    assertThat(ended()).doesNotExist();
    for (String file : List.of(TARGET, "00000002.history")) {
      assertThat(gate(shell, file, REFUSED)).as(file).isZero();
    }
    assertThat(gate(shell, "0000000300000009000000E4", REFUSED)).isEqualTo(1);
    assertThat(ended()).doesNotExist();
    assertThat(gate(shell, "00000003.history", REFUSED)).isGreaterThan(125);
    assertThat(served()).doesNotExist();
    assertThat(ended()).content().matches("20[0-9-]+T[0-9:]+Z\n");
  }

  /** What a gate file said before the command did still holds. */
  @ParameterizedTest
  @MethodSource("shells")
  void ends_such_a_server_by_what_its_gate_file_says_too(List<String> shell) throws Exception {
    Files.writeString(gateFile(), Files.readString(gateFile()) + REFUSED + "\n");
    assertThat(gate(shell, "00000002.history")).isZero();
    assertThat(ended()).doesNotExist();
    assertThat(gate(shell, "00000003.history")).isGreaterThan(125);
    assertThat(ended()).exists();
  }

  /** To answer that there is no such history would be to say that the timeline is free. */
  @ParameterizedTest
  @MethodSource("shells")
  void ends_such_a_server_where_it_cannot_judge_which_timeline_is_asked_for(List<String> shell)
      throws Exception {
    Files.writeString(gateFile(), "point=x\ntimeline=00000002\nlast=" + TARGET + "\n");
    assertThat(gate(shell, "00000003.history")).isEqualTo(1);
    assertThat(gate(shell, TARGET, REFUSED)).isEqualTo(1);
    assertThat(ended()).doesNotExist();
    assertThat(gate(shell, "00000003.history", REFUSED)).isGreaterThan(125);
    assertThat(ended()).exists();
    Files.delete(ended());
    Files.delete(gateFile());
    assertThat(gate(shell, TARGET, REFUSED)).isEqualTo(1);
    assertThat(gate(shell, "00000003.history", REFUSED)).isGreaterThan(125);
    Files.createDirectory(gateFile());
    assertThat(gate(shell, "00000003.history", REFUSED)).isGreaterThan(125);
    assertThat(served()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void still_says_which_wal_it_holds_back_when_asked_for_history(List<String> shell)
      throws Exception {
    gate(shell, "0000000200000009000000E5");
    Files.delete(archive.resolve("00000002.history"));
    for (String file : List.of("00000003.history", "00000002.history")) {
      assertThat(gate(shell, file)).as(file).isEqualTo(1);
      assertThat(served()).doesNotExist();
    }
    Files.writeString(archive.resolve("00000002.history"), "history");
    assertThat(gate(shell, "00000002.history")).isZero();
    assertThat(status()).content().startsWith("beyond 0000000200000009000000E5");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void keeps_absent_apart_from_unreachable(List<String> shell) throws Exception {
    Files.delete(archive.resolve(TARGET));
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(status()).hasContent("absent " + TARGET);
    write("exit 255");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(status()).hasContent("unreachable " + TARGET + " exit status 255");
    write("kill -9 $$");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(status()).content().startsWith("unreachable " + TARGET);
    Files.move(archive, directory.resolve("unmounted"));
    write("cp \"" + archive + "/%f\" \"%p\"");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(status()).content().startsWith("unreachable " + TARGET);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void forgets_what_it_waited_for_once_it_is_served(List<String> shell) throws Exception {
    Files.move(archive.resolve(TARGET), directory.resolve("late"));
    gate(shell, TARGET);
    Files.move(directory.resolve("late"), archive.resolve(TARGET));
    assertThat(gate(shell, TARGET)).isZero();
    assertThat(status()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void takes_back_a_file_that_is_still_being_written(List<String> shell) throws Exception {
    Files.writeString(archive.resolve(TARGET), "half");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(served()).doesNotExist();
    assertThat(status()).hasContent("short " + TARGET + " 4 bytes instead of " + BYTES);
  }

  @ParameterizedTest
  @MethodSource("shells")
  void says_when_a_file_is_there_and_cannot_be_fetched(List<String> shell) throws Exception {
    write("echo no >&2; exit 3");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(status()).hasContent("unreadable " + TARGET + " exit status 3");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void serves_nothing_without_a_whole_gate_file(List<String> shell) throws Exception {
    Files.writeString(gateFile(), "point=x\ntimeline=00000002\nlast=" + TARGET + "\n");
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    Files.delete(gateFile());
    assertThat(gate(shell, TARGET)).isEqualTo(1);
    assertThat(served()).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("shells")
  void replaces_what_postgresql_replaces_and_nothing_else(List<String> shell) throws Exception {
    write("printf '%%s|' '%f' '%p' '%r' 100%% >" + quoted(directory.resolve("seen")) + "; exit 1");
    gate(shell, TARGET);
    assertThat(directory.resolve("seen"))
        .hasContent(TARGET + "|" + served() + "|0000000100000009000000E0|100%|");
  }

  private static String quoted(Path path) {
    return "'" + path + "'";
  }

  private int gate(List<String> shell, String file, String... words) throws Exception {
    Files.deleteIfExists(served());
    Path program = directory.resolve("mooring-restore");
    Files.writeString(program, RecoveryTarget.GATE);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> line =
        Stream.of(
                shell.stream(),
                Stream.of(
                    program.toString(),
                    gateFile().toString(),
                    file,
                    served().toString(),
                    "0000000100000009000000E0"),
                Stream.of(words))
            .flatMap(each -> each)
            .toList();
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(Limit.ended(process, 20)).isTrue();
    return process.exitValue();
  }

  private Path gateFile() {
    return directory.resolve("west-0.gate");
  }

  private Path status() {
    return directory.resolve("west-0.gate.status");
  }

  private Path ended() {
    return directory.resolve("west-0.gate.ended");
  }

  private Path served() {
    return directory.resolve("RECOVERYXLOG");
  }
}
