package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.InstanceManager.Kind;
import dev.mooring.topology.SiteName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StartOptionsTest {
  private static String options(Kind kind, int content) {
    return StartOptions.of(
        new Instance(
            new InstanceId("west-0"),
            new SiteName("west"),
            new ContentId(content),
            new HostName("w0"),
            5432,
            "/data",
            new InstanceManager(kind, "/usr/bin")));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void the_log_of_a_start_is_in_the_hands_of_no_collector(Kind kind) {
    assertThat(options(kind, 0))
        .contains("-c 'logging_collector=off'", "-c 'log_destination=stderr'")
        .doesNotContain("log_directory");
  }

  @Test
  void a_greenplum_is_told_its_role_and_no_other_server_is() {
    assertThat(options(Kind.GREENPLUM, -1)).contains("-c 'gp_role=utility'");
    assertThat(options(Kind.GREENPLUM, 0)).contains("-c 'gp_role=execute'");
    assertThat(options(Kind.PG_CTL, 0)).doesNotContain("gp_role");
  }
}
