package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.CopyContract;
import dev.mooring.contract.CopyWorld;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.postgres.Lsn;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real adapter keeps what the port that makes data directories anew promises. */
@Timeout(180)
class CopyPortContractIT {
  private static CopyRealWorld real;

  @BeforeAll
  static void up() {
    real = new CopyRealWorld("ebb");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Nested
  class Copies extends CopyContract {
    @Override
    protected CopyWorld world() {
      return real;
    }

    @Test
    void a_standby_whose_fast_stop_hangs_is_stopped_at_once() {
      real.freezeCheckpointer("west-0");
      a_running_standby_is_replaced_and_its_old_directory_is_kept();
    }

    /** The room that it had is free again, also under a name of our own. */
    @Test
    @Override
    protected void a_running_standby_is_replaced_and_of_its_old_directory_nothing_is_kept() {
      super.a_running_standby_is_replaced_and_of_its_old_directory_nothing_is_kept();
      assertThat(real.beside("west-0")).isEmpty();
    }

    @Test
    void a_list_of_lost_transactions_says_where_a_bad_record_cuts_it_off_and_goes_on_behind_it() {
      String from = real.position("east-0");
      real.hands().write("east-0");
      String bad = real.position("east-0");
      real.hands().write("east-0");
      real.writePages("east-0", 5);
      real.hands().write("east-0");
      real.hands().kill("east-0");
      real.spoilWal("east-0", bad);
      WalKept kept =
          real.copies(1)
              .ensureWalKept(new KeepWal(call(2), on("east-0"), List.of(Lsn.parse(from))));
      assertThat(kept.commits()).isEqualTo(-1);
      assertThat(kept.unlisted())
          .matches("cut off on timeline 1 at [0-9A-F]+/[0-9A-F]+: .*; listed again from .* on");
      assertThat(kept.listed()).hasSizeBetween(2, 3);
    }
  }
}
