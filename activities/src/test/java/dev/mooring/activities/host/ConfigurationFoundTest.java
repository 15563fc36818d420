package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a server's configuration is found: by its last start, in Debian's place, beside its data.
 */
class ConfigurationFoundTest {
  @TempDir Path above;
  private Path data = Path.of("/nonexistent");
  private Path etc = Path.of("/nonexistent");

  @BeforeEach
  void aDataDirectory() throws IOException {
    above = above.toRealPath();
    data = Files.createDirectory(above.resolve("data"));
    etc = above.resolve("etc/postgresql/15/main/postgresql.conf");
  }

  private String run(String commands) throws IOException, InterruptedException {
    String script =
        "set -u\nbin=/nonexistent\n"
            + Sh.configurationsBelow(above.resolve("etc/postgresql"))
            + Script.resource(Script.class, OfInstance.SERVER)
            + Script.resource(Script.class, "/dev/mooring/activities/role/writer.sh")
            + commands;
    return Sh.said(script, data).replace(above.toString(), "").strip();
  }

  /** Its file elsewhere, or nothing; then why there is none, or nothing. */
  private String found() throws IOException, InterruptedException {
    return run("of_config \"$1\"; echo \"$config|${config_lost:+$config_absence $config_lost}\"");
  }

  private String options() throws IOException, InterruptedException {
    return run("data=$1; last_options; echo \"$options\"");
  }

  private void lastStart(String words) throws IOException {
    Files.writeString(
        data.resolve("postmaster.opts"),
        "/usr/lib/postgresql/15/bin/postgres" + words.replace("ABOVE", above.toString()) + "\n");
  }

  private void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void besideTheData() throws IOException {
    write(data.resolve("postgresql.conf"), "port = 5432\n");
  }

  private void inDebiansPlace() throws IOException {
    write(etc, "#data_directory = 'ConfigDir'\n  Data_Directory = '" + data + "'\t# its data\n");
  }

  @Test
  void the_file_that_the_last_start_named_counts_whatever_lies_beside_the_data() throws Exception {
    besideTheData();
    write(above.resolve("elsewhere.conf"), "");
    lastStart(" \"-D\" \"ABOVE/data\" \"-c\" \"config_file=ABOVE/elsewhere.conf\" \"-i\"");
    assertThat(found()).isEqualTo("/elsewhere.conf|");
    lastStart(" \"-D\" \"ABOVE/data\" \"--config-file=ABOVE/elsewhere.conf\"");
    assertThat(found()).isEqualTo("/elsewhere.conf|");
    lastStart(
        " \"-D\" \"ABOVE/data\" \"--config_file=/gone.conf\""
            + " \"-cconfig_file=ABOVE/elsewhere.conf\"");
    assertThat(found()).isEqualTo("/elsewhere.conf|");
  }

  @Test
  void one_that_is_gone_is_told_and_nothing_else_taken_for_it() throws Exception {
    besideTheData();
    lastStart(" \"-D\" \"ABOVE/data\" \"-c\" \"config_file=/gone.conf\"");
    assertThat(found()).isEqualTo("|UNCLEAR /gone.conf, which its last start named, is not there");
    inDebiansPlace();
    assertThat(found()).isEqualTo("/etc/postgresql/15/main/postgresql.conf|");
    assertThat(options())
        .isEqualTo(
            "\"-c\" \"config_file=/gone.conf\""
                + " \"-c\" \"config_file=/etc/postgresql/15/main/postgresql.conf\"");
  }

  @Test
  void what_was_started_by_its_directory_alone_has_its_configuration_there() throws Exception {
    besideTheData();
    lastStart(" \"-D\" \"ABOVE/data\"");
    inDebiansPlace();
    assertThat(found()).isEqualTo("|");
    assertThat(options()).isEmpty();
    lastStart("");
    assertThat(found()).isEqualTo("|");
  }

  @Test
  void what_was_never_started_has_the_one_in_debians_place_that_names_it() throws Exception {
    besideTheData();
    assertThat(found()).isEqualTo("|");
    write(above.resolve("etc/postgresql/15/other/postgresql.conf"), "data_directory '/other'\n");
    assertThat(found()).isEqualTo("|");
    inDebiansPlace();
    assertThat(found()).isEqualTo("/etc/postgresql/15/main/postgresql.conf|");
    assertThat(options())
        .isEqualTo("\"-c\" \"config_file=/etc/postgresql/15/main/postgresql.conf\"");
    Files.delete(data.resolve("postgresql.conf"));
    Files.delete(data);
    assertThat(found()).isEqualTo("/etc/postgresql/15/main/postgresql.conf|");
  }

  @Test
  void of_two_that_name_it_none_is_taken_and_none_at_all_is_told() throws Exception {
    assertThat(found())
        .isEqualTo("|NONE no postgresql.conf in /data, and none below /etc/postgresql names it");
    inDebiansPlace();
    write(above.resolve("etc/postgresql/16/main/postgresql.conf"), Files.readString(etc));
    assertThat(found())
        .isEqualTo(
            "|UNCLEAR both /etc/postgresql/15/main/postgresql.conf and"
                + " /etc/postgresql/16/main/postgresql.conf name /data");
  }

  @Test
  void the_command_line_of_another_directory_says_nothing() throws Exception {
    besideTheData();
    write(above.resolve("elsewhere.conf"), "");
    lastStart(" \"-D\" \"ABOVE/another\" \"-c\" \"config_file=ABOVE/elsewhere.conf\"");
    assertThat(found()).isEqualTo("|");
    assertThat(options()).isEmpty();
  }

  @Test
  void its_own_by_another_name_counts_and_is_named_once_in_the_next_start() throws Exception {
    Files.createSymbolicLink(above.resolve("alias"), data);
    write(above.resolve("elsewhere.conf"), "");
    lastStart(" \"-D\" \"ABOVE/alias\" \"-c\" \"config_file=ABOVE/elsewhere.conf\" \"-i\"");
    assertThat(found()).isEqualTo("/elsewhere.conf|");
    assertThat(options()).isEqualTo("\"-c\" \"config_file=/elsewhere.conf\" \"-i\"");
    Path aside = above.resolve("data.mooring-rewind");
    Files.move(data, aside);
    assertThat(
            run(
                "of_config \"$1.mooring-rewind\" \"$1\"; echo"
                    + " \"$config|${config_lost:+$config_absence $config_lost}\""))
        .isEqualTo("/elsewhere.conf|");
  }

  private String foundByItsLine() throws IOException, InterruptedException {
    return run("bin=${1%/*}; of_config \"$1\"; echo \"$config_home|$config_lost\"");
  }

  /** A server program that reads no more than it was said to. */
  private void saidByPostgres(int status, String said) throws IOException {
    Path program = above.resolve("postgres");
    String stream = status == 0 ? "" : " >&2";
    Files.writeString(
        program,
        "#!/bin/sh\nprintf '%s\\n' '"
            + said.replace("ABOVE", above.toString())
            + "'"
            + stream
            + "\nexit "
            + status
            + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void a_directory_of_configuration_that_names_it_leads_also_where_the_server_reads_none_of_it()
      throws Exception {
    besideTheData();
    write(above.resolve("c/postgresql.conf"), "data_directory = '" + data + "'\nwrok_mem = 1\n");
    lastStart(" \"-D\" \"ABOVE/c\" \"-i\"");
    assertThat(foundByItsLine()).isEqualTo("/c|");
    assertThat(options()).isEqualTo("\"-D\" \"/c\" \"-i\"");
  }

  @Test
  void a_directory_of_configuration_that_can_not_be_read_is_told_and_no_leftover_taken_for_it()
      throws Exception {
    besideTheData();
    inDebiansPlace();
    write(above.resolve("c/postgresql.conf"), "include 'where.conf'\nwrok_mem = 1\n");
    lastStart(" \"-D\" \"ABOVE/c\"");
    String fatal = "FATAL:  configuration file \"ABOVE/c/postgresql.conf\" contains errors";
    saidByPostgres(1, "LOG:  unrecognized configuration parameter \"wrok_mem\"\n" + fatal);
    assertThat(foundByItsLine())
        .isEqualTo(
            "/data|/c, which its last start named, can't be read: LOG:  unrecognized configuration"
                + " parameter \"wrok_mem\" FATAL:  configuration file \"/c/postgresql.conf\""
                + " contains errors");
  }

  @Test
  void a_fence_hides_no_directory_of_configuration() throws Exception {
    besideTheData();
    write(above.resolve("c/postgresql.conf"), "include 'where.conf'\n");
    lastStart(" \"-D\" \"ABOVE/c\"");
    String fatal = "FATAL:  configuration file \"%s/postgresql.auto.conf\" contains errors";
    saidByPostgres(1, fatal.formatted(data));
    assertThat(foundByItsLine()).isEqualTo("/c|");
    saidByPostgres(1, fatal.formatted("/another"));
    assertThat(foundByItsLine()).isEqualTo("/data|");
    saidByPostgres(0, "/another");
    assertThat(foundByItsLine()).isEqualTo("/data|");
    saidByPostgres(0, data.toString());
    assertThat(foundByItsLine()).isEqualTo("/c|");
  }
}
