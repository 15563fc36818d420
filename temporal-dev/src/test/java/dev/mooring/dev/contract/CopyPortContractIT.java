package dev.mooring.dev.contract;

import dev.mooring.contract.CopyContract;
import dev.mooring.contract.CopyWorld;
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
  }
}
