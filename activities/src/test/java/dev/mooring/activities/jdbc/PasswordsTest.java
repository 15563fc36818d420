package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.jdbc.PasswordFile.Login;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class PasswordsTest {
  private static final Login LOGIN = new Login("db1", 5432, "postgres", "mooring");
  private static final SecretReference PGPASS = new SecretReference("pgpass");

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();

  private Passwords passwords() {
    return new Passwords(name -> Optional.ofNullable(environment.get(name)), home);
  }

  private Path file(String name, String content, String mode) throws IOException {
    Path file = Files.writeString(home.resolve(name), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void reads_the_password_file_in_the_home_directory() throws Exception {
    file(".pgpass", "db1:5432:postgres:mooring:hush\n", "rw-------");
    assertThat(passwords().find(PGPASS, LOGIN).secret()).contains("hush");
  }

  @Test
  void prefers_the_file_that_pgpassfile_names() throws Exception {
    file(".pgpass", "*:*:*:*:home\n", "rw-------");
    environment.put("PGPASSFILE", file("mine", "*:*:*:*:named\n", "rw-------").toString());
    assertThat(passwords().find(PGPASS, LOGIN).secret()).contains("named");
  }

  @Test
  void refuses_a_password_file_that_others_may_read() throws Exception {
    file(".pgpass", "*:*:*:*:hush\n", "rw-r-----");
    assertThatThrownBy(() -> passwords().find(PGPASS, LOGIN))
        .isInstanceOf(DatabaseFault.class)
        .hasMessageContaining("GROUP_READ")
        .hasMessageContaining("must be 0600")
        .hasMessageNotContaining("hush");
  }

  @Test
  @EnabledIfSystemProperty(
      named = "user.name",
      matches = "root",
      disabledReason = "gives a file away")
  void refuses_a_password_file_of_another_account() throws Exception {
    Path file = file(".pgpass", "*:*:*:*:hush\n", "rw-------");
    Files.setAttribute(file, "unix:uid", 54_321);
    assertThatThrownBy(() -> passwords().find(PGPASS, LOGIN))
        .isInstanceOf(DatabaseFault.class)
        .hasMessageContaining(file + " belongs to 54321, must belong to root")
        .hasMessageContaining("`chown root " + file + "`")
        .hasMessageNotContaining("hush");
  }

  @Test
  void goes_without_a_password_when_no_line_matches() throws Exception {
    file(".pgpass", "db2:*:*:*:hush\n", "rw-------");
    Passwords.Found found = passwords().find(PGPASS, LOGIN);
    assertThat(found.secret()).isEmpty();
    assertThat(found.source()).contains("no line for db1:5432:postgres:mooring");
  }

  @Test
  void names_the_broken_lines_when_no_line_matches() throws Exception {
    file(".pgpass", "db1:5432:hush\n", "rw-------");
    assertThatThrownBy(() -> passwords().find(PGPASS, LOGIN))
        .hasMessageContaining("line [1]")
        .hasMessageNotContaining("hush");
  }

  @Test
  void reads_environment_and_file_references() throws Exception {
    environment.put("SECRET", "one");
    Path file = file("secret", "two\n", "r--------");
    assertThat(passwords().find(new SecretReference("env:SECRET"), LOGIN).secret()).contains("one");
    assertThat(passwords().find(new SecretReference("file:" + file), LOGIN).secret())
        .contains("two");
  }

  @Test
  void says_which_variable_or_file_is_missing() {
    assertThatThrownBy(() -> passwords().find(new SecretReference("env:NOT_THERE"), LOGIN))
        .hasMessage("environment variable NOT_THERE is not set for the worker");
    assertThatThrownBy(() -> passwords().find(new SecretReference("file:/not/there"), LOGIN))
        .hasMessageContaining("file /not/there can't be read");
  }
}
