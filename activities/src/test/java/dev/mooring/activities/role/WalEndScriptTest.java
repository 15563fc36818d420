package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.copy.WaitingWalDump;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Sh;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the WAL of a stopped server ends. */
class WalEndScriptTest {
  private static final int FILE = 1 << 20;

  /** After a switch; what was not printed yet when its time was over would be missed. */
  @Test
  void nobody_waits_for_a_file_that_is_not_there_yet(@TempDir Path above)
      throws IOException, InterruptedException {
    Path wal = Files.createDirectories(above.resolve("data/pg_wal"));
    ByteBuffer page = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder()).putLong(8, 3L * FILE);
    Files.write(wal.resolve("000000010000000000000003"), page.array());
    WaitingWalDump.in(above, "0/400000");
    String script =
        "set -u\ntell() { echo \"$1=$2\"; }\n"
            + "controlled() { case $1 in *segment) value=1048576 ;; *) value=8192 ;; esac; }\n"
            + Script.resource(HostFailoverActivities.class, "wal-end.sh")
            + "data=$1/data bin=$1\nsay_wal_end 1 0/300028\n";
    assertThat(Sh.said(script, above)).contains("wal_unread=\n", "wal_end=0/300148");
  }
}
