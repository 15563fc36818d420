package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StartLogPropertyTest {
  private static final String PARKED = Captured.text("greenplum-parked.csv");
  private static final String STOPPED = "\"shutdown at recovery target\"";

  /** A restore command may print whatever it likes, also what only the server may say. */
  @Property(tries = 300)
  void what_a_restore_command_prints_changes_nothing(@ForAll("texts") String printed) {
    String reported =
        "2026-11-20 09:00:49.525200 UTC,,,p20520,th-1816742080,,,,0,,,seg0,,,,,"
            + "\"LOG\",\"00000\",\"3rd party error log:\n"
            + printed.replace("\"", "\"\"")
            + "\",,,,,,,,\"SysLoggerMain\",\"syslogger.c\",618,\n";
    int record = PARKED.lastIndexOf("\n", PARKED.indexOf(STOPPED)) + 1;
    StartLog log =
        StartLog.parse(PARKED.substring(0, record) + reported + PARKED.substring(record));
    StartLog before = StartLog.parse(PARKED);
    assertThat(log.stop()).isEqualTo(before.stop());
    assertThat(log.stoppedAtTarget()).isTrue();
    assertThat(log.fatals()).isEmpty();
  }

  /** A record that was lost or cut off takes no proof from where none is. */
  @Property(tries = 300)
  void without_its_shutdown_no_text_proves_a_park(@ForAll("texts") String printed) {
    String running = PARKED.substring(0, PARKED.lastIndexOf("2026-"));
    assertThat(StartLog.parse(running + "cp: " + printed.replace("\n", " ")).stoppedAtTarget())
        .isFalse();
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "\"",
            "\"\"",
            ",",
            "\n",
            "FATAL:  x",
            "LOG:  recovery stopping at restore point \"p\", time 2026-11-20 08:44:52+00",
            "LOG:  database system is shut down",
            "2026-11-20 09:00:49.525200 UTC,,,p1,th-1,,,,0,,,seg0,,,,,\"PANIC\",\"XX000\",\"x\"",
            "starting PostgreSQL 12.12",
            "cp: no such file")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }
}
