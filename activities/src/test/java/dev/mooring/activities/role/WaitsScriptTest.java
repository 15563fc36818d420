package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For whom the commits of an instance were to wait by its last record. */
class WaitsScriptTest {
  @TempDir Path directory;

  private String recorded() throws Exception {
    String stubs =
        """
        ask() { value=''; }
        report() { [ "$1" != waits_recorded ] || echo "$2"; }
        subject=east-0
        """;
    return Sh.said(
        Script.resource(HostRoleActivities.class, "roles.sh")
            + stubs
            + "cluster_dir="
            + directory
            + "\nobserve_waits 0\n");
  }

  @Test
  void a_record_of_the_build_before_counts_for_the_instance_that_it_names() throws Exception {
    Files.writeString(directory.resolve("0.synchronous"), "instance=east-1\nnames=a\n");
    assertThat(recorded()).isEmpty();
    Files.writeString(directory.resolve("0.synchronous"), "instance=east-0\nnames=b\n");
    assertThat(recorded()).contains("names=b");
    Files.writeString(directory.resolve("east-0.synchronous"), "instance=east-0\nnames=c\n");
    assertThat(recorded()).contains("names=c").doesNotContain("names=b");
  }
}
