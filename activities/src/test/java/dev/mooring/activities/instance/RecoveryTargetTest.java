package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.InstanceTarget;
import dev.mooring.port.TargetSettings;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTargetTest {

  @Test
  void writes_what_the_server_is_to_run_with() {
    String settings = target("/var/lib/mooring", "cp {archive}/%f %p").settings();
    assertThat(settings)
        .contains("recovery_target_name = 'point'\n")
        .contains("recovery_target_action = 'shutdown'\n")
        .contains("recovery_target_timeline = '2'\n")
        .contains("hot_standby = 'off'\n")
        .contains("archive_mode = 'off'\n");
  }

  @Test
  void quotes_a_directory_for_the_shell_and_for_postgresql() {
    RecoveryTarget target = target("/srv/it's 100%", "cp {archive}/%f %p");
    assertThat(target.expected().restoreCommand())
        .endsWith(" '/srv/it'\\''s 100%%/harbour/west-0.gate' \"%f\" \"%p\" \"%r\"");
    assertThat(target.settings())
        .contains("''/srv/it''\\\\''''s 100%%/harbour/west-0.gate'' \"%f\"");
  }

  @Test
  void names_the_gate_by_its_content() {
    assertThat(target("/m", "x").gatePath()).matches("/m/bin/mooring-restore-[0-9a-f]{16}");
  }

  @Test
  void gives_the_gate_the_last_file_it_may_serve() {
    assertThat(target("/m", "cp \"{archive}/%f\" \"%p\"").gateText())
        .isEqualTo(
            """
            point=point
            timeline=00000002
            last=0000000200000009000000E4
            bytes=16777216
            archive=/archive/3
            command=cp "/archive/3/%f" "%p"
            """);
  }

  @Test
  void one_that_is_to_be_read_pauses_and_its_gate_lets_nothing_open() {
    RecoveryTarget read = target("/m", "x", ParkMode.READABLE);
    assertThat(read.settings())
        .contains("recovery_target_action = 'pause'\n")
        .contains("hot_standby = 'on'\n");
    assertThat(read.gateText()).endsWith("\nends=refused\n");
    assertThat(read.expected().restoreCommand())
        .endsWith("west-0.gate \"%f\" \"%p\" \"%r\" ends=refused");
    assertThat(read.expected().endsRefused()).isTrue();
    assertThat(target("/m", "x").expected().endsRefused()).isFalse();
    assertThat(read.expected().action()).isEqualTo("pause");
  }

  @Test
  void refuses_a_command_that_would_add_lines_of_its_own() {
    assertThatThrownBy(() -> target("/m", "cp %f %p\nlast=FFFFFFFFFFFFFFFFFFFFFFFF"))
        .hasMessageContaining("command must be one line");
  }

  @Test
  void refuses_a_server_that_would_run_with_something_else() {
    RecoveryTarget target = target("/m", "x");
    TargetSettings expected = target.expected();
    target.requireEffective(expected);
    TargetSettings other =
        new TargetSettings(
            expected.name(),
            "promote",
            expected.timeline(),
            "",
            expected.restoreCommand(),
            expected.archiveMode());
    assertThatThrownBy(() -> target.requireEffective(other))
        .isInstanceOf(InstanceRefusal.class)
        .hasMessageContaining("promote")
        .hasMessageContaining("shutdown");
  }

  private static RecoveryTarget target(String directory, String restoreCommand) {
    return target(directory, restoreCommand, ParkMode.SHUTDOWN);
  }

  private static RecoveryTarget target(String directory, String restoreCommand, ParkMode mode) {
    Host host = new Host(new HostName("w0"), HostAccess.local("127.0.0.1", List.of()), directory);
    TimelineId timeline = new TimelineId(2);
    ContentTarget target =
        new ContentTarget(
            new ContentId(3),
            SystemIdentifier.parse("7710183681404870380"),
            timeline,
            Lsn.parse("9/E40000C8"),
            new WalFileName("0000000200000009000000E4"),
            new WalSegmentSize(16 << 20));
    return RecoveryTarget.of(
        host,
        directory + "/harbour",
        new InstanceTarget(
            new InstanceId("west-0"),
            new RestorePointName("point"),
            target,
            new Site.Archive("/archive/{content}", restoreCommand),
            mode));
  }
}
