package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.Instance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivingCheckTest {
  private final Instance east = Harbour.instance(Harbour.cluster(1), "east-0");
  private final ServerObserved server = ObservedInstances.server(east);

  @Test
  void goes_on_with_an_archive_command_that_tells_its_failures() {
    Verdicts.proceeds(judge(server));
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "always"})
  void goes_on_with_either_archive_mode_that_archives(String mode) {
    Verdicts.proceeds(judge(with("archiveMode", mode)));
  }

  @Test
  void refuses_archive_mode_off() {
    refused(with("archiveMode", "off"), "archive_mode is off, must be on");
  }

  @Test
  void refuses_a_wal_level_that_can_not_be_replayed() {
    refused(with("walLevel", "minimal"), "wal_level is minimal, must be replica or logical");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "(disabled)"})
  void refuses_an_empty_archive_command_without_a_library(String command) {
    refused(
        with("archiveCommand", command), "archive_command is empty and archive_library is not set");
  }

  @Test
  void judges_a_long_command() {
    String echo = "cp %p /a/%f || echo " + "no room >&2 ".repeat(600);
    assertThat(ArchiveCommand.hidesFailures(echo)).isTrue();
    assertThat(ArchiveCommand.hidesFailures(echo + "&& exit 1")).isFalse();
  }

  /** Each bar begins a program's name that may reach to the end. */
  @Test
  void believes_no_command_that_is_longer_than_any_real_one() {
    assertThat(ArchiveCommand.hidesFailures("|/".repeat(4_096))).isFalse();
    assertThat(ArchiveCommand.hidesFailures("|/".repeat(4_097))).isTrue();
    assertThat(ArchiveCommand.masked("|/".repeat(1 << 20))).isEqualTo(ArchiveCommand.HIDING);
  }

  @Test
  void goes_on_with_an_archive_library_whatever_the_command_says() {
    Verdicts.proceeds(judge(Altered.of(with("archiveCommand", ""), LIBRARY, "basic_archive")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cp %p /a/%f || true",
        "cp %p /a/%f || /bin/true",
        "cp %p /a/%f || /usr/bin/true ",
        "cp %p /a/%f||true",
        "cp %p /a/%f || :",
        "cp %p /a/%f || exit 0",
        "cp %p /a/%f ; true",
        "cp %p /a/%f; exit 0",
        "cp %p /a/%f; :",
        "cp %p /a/%f & true",
        "cp %p /a/%f || true # never block the server",
        "(cp %p /a/%f || true)",
        "{ cp %p /a/%f || true; }",
        "sh -c 'cp %p /a/%f || true'",
        "sh -c \"cp %p /a/%f; exit 0\"",
        "cp %p /a/%f || echo failed",
        "cp %p /a/%f || logger 'archiving %f failed'",
        "cp %p /a/%f; echo done",
        "cp %p /a/%f | tee /tmp/log",
        "cp %p /a/%f && true || true",
        "! cp %p /a/%f",
        "true",
        "/bin/true",
        ":",
        "exit 0",
        "cp %p /a/%f &",
        "scp %p host:/a/%f & ",
        "test ! -f /a/%f && cp %p /a/%f || true"
      })
  void refuses_a_command_that_hides_its_failures(String command) {
    refused(
        with("archiveCommand", command),
        "archive_command hides its failures: it reports success also after a failure");
    assertThat(ArchiveCommand.hidesFailures(ArchiveCommand.masked(command))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cp %p /a/%f",
        "test ! -f /a/%f && cp %p /a/%f",
        "test ! -f /a/%f && cp %p /a/%f && sync /a/%f",
        "pgbackrest --stanza=main archive-push %p",
        "wal-g wal-push \"%p\"",
        "barman-wal-archive backup main %p",
        "rsync -a %p backup@host:/a/%f",
        "/usr/local/bin/archive.sh %p %f 2>&1",
        "cp %p /a/%f 2>/dev/null",
        "cp %p /a/%f &>/dev/null",
        "set -e; cp %p /a/%f; sync",
        "cp %p /a/%f || exit 1",
        "cp %p /a/%f || false",
        "cp %p '/a/true'",
        "gzip -c %p > /a/%f.gz",
        "test -d /true && cp %p /a/%f",
        "envdir /etc/wal-e.d/env wal-e wal-push %p"
      })
  void goes_on_with_a_command_that_does_not_hide_them(String command) {
    assertThat(judge(with("archiveCommand", command))).isInstanceOf(Verdict.Proceed.class);
  }

  private static final String LIBRARY = "archiving.archiveLibrary";

  private ServerObserved with(String setting, String value) {
    return Altered.of(server, "archiving." + setting, value);
  }

  private Verdict<?> judge(ServerObserved seen) {
    return ArchivingCheck.judge(new PrimariesCheck.Primary(east, seen));
  }

  private void refused(ServerObserved seen, String reason) {
    Verdicts.never(judge(seen), FailureCode.ARCHIVING_UNSAFE, "east-0: " + reason);
  }
}
