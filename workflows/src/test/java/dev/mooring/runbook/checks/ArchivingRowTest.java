package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Strait;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archiving and version of a member: what was not read is never good, and never off. */
class ArchivingRowTest {
  private final Instance west = Strait.cluster().members().get(2);
  private final MemberObserved member = PreflightTest.observed().members().get(2);

  private MemberObserved with(Map<String, String> changed) {
    List<Setting> settings = new ArrayList<>(member.settings());
    settings.removeIf(setting -> changed.containsKey(setting.name()));
    changed.forEach((name, value) -> settings.add(new Setting(name, value, false)));
    settings.removeIf(setting -> setting.value().equals("unread"));
    return Altered.of(member, "settings", settings);
  }

  @ParameterizedTest
  @CsvSource({
    "archive_mode, off",
    "archive_mode, unread",
    "archive_command, ''",
    "archive_command, unread",
    "archive_command, set-and-hides-failures",
    "wal_level, minimal",
    "wal_level, unread",
  })
  void one_setting_that_does_not_archive_is_wrong(String name, String value) {
    MemberObserved seen = with(Map.of(name, value));
    assertThat(ArchivingRow.of(seen).verdict()).isEqualTo(Judged.WRONG);
    assertThat(ArchivingRow.of(seen).unblocking().verdict()).isEqualTo(Judged.WARNING);
    assertThat(ArchivingRow.isOff(seen)).isEqualTo(value.equals("off"));
  }

  @ParameterizedTest
  @CsvSource({
    "archive_mode, off, true",
    "wal_level, minimal, true",
    "archive_command, '', false",
    "archive_command, set-and-hides-failures, false",
  })
  void only_the_mode_and_the_wal_level_need_a_restart(String name, String value, boolean restart) {
    assertThat(ArchivingRow.of(with(Map.of(name, value))).remedy().contains("and restart it"))
        .isEqualTo(restart);
  }

  @Test
  void a_library_archives_without_a_command() {
    MemberObserved seen = with(Map.of("archive_library", "basic", "archive_command", "unread"));
    assertThat(ArchivingRow.of(seen).verdict()).isEqualTo(Judged.GOOD);
    assertThat(ArchivingRow.of(member).verdict()).isEqualTo(Judged.GOOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unread", "off", "something"})
  void a_mode_that_is_not_read_as_on_or_always_does_not_archive(String mode) {
    Optional<String> read = with(Map.of("archive_mode", mode)).setting("archive_mode");
    assertThat(ArchivingRow.mode(west, read).verdict()).isEqualTo(Judged.WRONG);
  }

  @Test
  void a_command_keeps_its_text_and_shows_whether_it_hides_failures() {
    assertThat(ArchiveCommand.masked("cp %p /a/%f || true")).isEqualTo(ArchiveCommand.HIDING);
    assertThat(ArchiveCommand.masked("cp %p /a/%f")).isEqualTo("set");
    assertThat(ArchiveCommand.masked("(disabled)")).isEmpty();
  }

  /** Equal bytes in any other directory than the one that it fills prove nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "test ! -f /a/%f && cp %p /a/%f",
        " test ! -f \"/a/%f\" && cp \"%p\" \"/a/%f\" ",
        "[ ! -e '/a/%f' ] && cp -p '%p' /a/%f",
      })
  void a_command_of_the_manual_refuses_what_its_directory_has(String command) {
    assertThat(ArchiveCommand.refusingDirectory(command)).contains("/a");
    String masked = ArchiveCommand.masked(command);
    assertThat(masked).isEqualTo("test ! -f /a/%f && cp %p /a/%f");
    assertThat(ArchiveCommand.stopsAfterRewind(masked)).get().asString().contains("is in /a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cp %p /a/%f",
        "test ! -f /a/%f && cp %p /b/%f",
        "test ! -f a/%f && cp %p a/%f",
        "test ! -f $HOME/%f && cp %p $HOME/%f",
        "test ! -f /a/%f && cp %p /a/%f && rsync %p b:",
        "test ! -f /a/%f && gzip < %p > /a/%f",
        "test ! -f \"/a/%f' && cp %p /a/%f",
      })
  void of_any_other_it_is_not_known_whether_it_lives_with_a_rewind(String command) {
    assertThat(ArchiveCommand.refusingDirectory(command)).isEmpty();
    assertThat(ArchiveCommand.stopsAfterRewind(ArchiveCommand.masked(command)))
        .get()
        .asString()
        .contains("is not known to accept")
        .contains("HINT: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pgbackrest --stanza=main archive-push %p",
        "cmp -s %p /a/%f || { test ! -f /a/%f && cp %p /a/%f.new && mv /a/%f.new /a/%f; }",
      })
  void one_that_compares_lives_with_it(String command) {
    assertThat(ArchiveCommand.stopsAfterRewind(ArchiveCommand.masked(command))).isEmpty();
  }

  @Test
  void a_version_that_was_not_read_is_that_of_no_other() {
    Optional<ServerVersion> none = with(Map.of("server_version_num", "unread")).version();
    assertThat(VersionRow.of(west.id(), none, none).verdict()).isEqualTo(Judged.WRONG);
    assertThat(VersionRow.of(west.id(), member.version(), none).verdict()).isEqualTo(Judged.WRONG);
    assertThat(VersionRow.of(west.id(), member.version(), member.version()).verdict())
        .isEqualTo(Judged.GOOD);
    assertThat(VersionRow.among(west.id(), none, new TreeMap<>()).verdict())
        .isEqualTo(Judged.WRONG);
  }
}
