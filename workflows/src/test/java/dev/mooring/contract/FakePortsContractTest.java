package dev.mooring.contract;

import dev.mooring.fake.FakeCopyWorld;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.FakeStreamingWorld;
import dev.mooring.fake.FakeWorld;
import dev.mooring.fake.Strait;
import java.time.Duration;
import org.junit.jupiter.api.Nested;

/** The cluster in memory keeps what every port promises. */
class FakePortsContractTest {
  private final ContractWorld world = new FakeWorld();

  @Nested
  class Instances extends InstanceContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Needs extends NeedsContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class ReadableCopies extends ReadableContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Gate extends GateContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Authority extends AuthorityContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Archives extends ArchiveContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Databases extends DatabaseContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Manifests extends ManifestContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Receipts extends ReceiptContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Evidence extends EvidenceContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class ClusterFile extends ClusterFileContract {
    @Override
    protected ContractWorld world() {
      return world;
    }
  }

  @Nested
  class Runs extends RunsContract {
    private final RunsWorld runs = new FakeRuns();

    @Override
    protected RunsWorld world() {
      return runs;
    }
  }

  @Nested
  class Roles extends RoleContract {
    private final StreamingWorld streaming = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return streaming;
    }
  }

  @Nested
  class Primaries extends PrimaryContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Access extends AccessContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Accounts extends AccountContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Starts extends StartContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Failovers extends FailoverContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Rehearsals extends RehearsalContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Witnesses extends WitnessContract {
    private final FakeStreamingWorld world = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return world;
    }
  }

  @Nested
  class Replication extends ReplicationContract {
    private final StreamingWorld streaming = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return streaming;
    }
  }

  @Nested
  class Patroni extends PatroniContract {
    private final PatroniWorld patroni =
        new FakePatroni(Strait.byPatroni().patroni().orElseThrow());

    @Override
    protected PatroniWorld world() {
      return patroni;
    }
  }

  @Nested
  class Copies extends CopyContract {
    private final CopyWorld copies = new FakeCopyWorld();

    @Override
    protected CopyWorld world() {
      return copies;
    }
  }

  @Nested
  class Endpoints extends EndpointContract {
    private final StreamingWorld streaming = new FakeStreamingWorld();

    @Override
    protected StreamingWorld world() {
      return streaming;
    }

    /** The fake's clock goes on by a millisecond with each look. */
    @Override
    protected Duration aShortBudget() {
      return Duration.ofMillis(20);
    }

    @Override
    protected Duration aShortCut() {
      return aShortBudget();
    }
  }
}
