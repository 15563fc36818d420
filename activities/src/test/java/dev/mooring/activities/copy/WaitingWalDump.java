package dev.mooring.activities.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pg_waldump over WAL that ends with its last file: as the real one it waits for the next file,
 * for five seconds, before it ends, unless it is told to read no further.
 */
public final class WaitingWalDump {
  private WaitingWalDump() {}

  /**
   * Puts it there.
   *
   * @param timeline which one it has WAL of
   * @param end where the last file ends
   */
  public static void in(Path directory, int timeline, String end) throws IOException {
    Path program =
        Files.writeString(
            directory.resolve("pg_waldump"),
            """
            #!/bin/sh
            case " $* " in *" -t %d "*) ;; *) exit 1 ;; esac
            case " $* " in *" -e %s "*) ;; *) sleep 5 ;; esac
            echo 'rmgr: Standby     len (rec/tot):     50/    50, tx:          0, lsn: 0/00300028, prev 0/00000000, desc: x'
            echo 'rmgr: XLOG        len (rec/tot):     24/    24, tx:          0, lsn: 0/00300130, prev 0/00300028, desc: SWITCH'
            """
                .formatted(timeline, end));
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }
}
