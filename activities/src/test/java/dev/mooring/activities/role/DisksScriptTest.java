package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import dev.mooring.fake.Strait;
import dev.mooring.port.RoleActivities.DiskUsed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How full the file systems of an instance are, by the host's df. */
class DisksScriptTest {
  @TempDir Path data;

  private List<DiskUsed> read() throws Exception {
    String said =
        Sh.said(
            Script.resource(HostRoleActivities.class, "roles.sh")
                + "report() { printf 'reported %s\\n%s\\n' \"$1\" \"$2\"; }\ndata="
                + data
                + "\nobserve_disks\n");
    return said.startsWith("reported disks\n") ? parsed(said.replaceFirst(".*\n", "")) : List.of();
  }

  private static List<DiskUsed> parsed(String disks) {
    return RoleReading.disks(
        Strait.cluster().members().get(0), new Said("east-0", Map.of("disks", disks)));
  }

  @Test
  void one_file_system_with_data_and_wal_is_reported_once() throws Exception {
    Files.createDirectory(data.resolve("pg_wal"));
    assertThat(read())
        .singleElement()
        .satisfies(
            disk -> {
              assertThat(data.toString()).startsWith(disk.directory());
              assertThat(disk.percent()).isBetween(0, 100);
            });
  }

  @Test
  void wal_on_another_file_system_is_reported_with_the_data() throws Exception {
    Files.createSymbolicLink(data.resolve("pg_wal"), Path.of("/dev/shm"));
    assertThat(read()).extracting(DiskUsed::directory).hasSize(2).contains("/dev/shm");
  }

  @Test
  void nothing_is_reported_if_one_of_both_is_unread() throws Exception {
    assertThat(read()).isEmpty();
    assertThat(parsed("Use% Mounted on\n 41% /data\n   - /wal\n")).isEmpty();
    assertThat(parsed("Use% Mounted on\n 41% /my data\n  9% /wal\n"))
        .extracting(DiskUsed::directory, DiskUsed::percent)
        .extracting(Object::toString)
        .containsExactly("(\"/my data\", 41)", "(\"/wal\", 9)");
  }
}
