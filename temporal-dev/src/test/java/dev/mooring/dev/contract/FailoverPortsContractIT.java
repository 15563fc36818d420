package dev.mooring.dev.contract;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The real adapters keep what the ports about a primary that is gone promise. */
@Tag("heavy")
class FailoverPortsContractIT {
  private static StreamingRealWorld real;

  @BeforeAll
  static void up() {
    real = new StreamingRealWorld("neap");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Nested
  class Failovers extends FailoversOfServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }

  @Nested
  class Starts extends StartsOfServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }

  @Nested
  class Rehearsals extends RehearsalsOfServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }

  @Nested
  class Witnesses extends WitnessesOfServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }
}
