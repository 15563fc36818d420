package dev.mooring.dev.contract;

import dev.mooring.contract.ArchiveContract;
import dev.mooring.contract.AuthorityContract;
import dev.mooring.contract.ClusterFileContract;
import dev.mooring.contract.ContractWorld;
import dev.mooring.contract.DatabaseContract;
import dev.mooring.contract.EvidenceContract;
import dev.mooring.contract.EvidenceWorld;
import dev.mooring.contract.GateContract;
import dev.mooring.contract.InstanceContract;
import dev.mooring.contract.ManifestContract;
import dev.mooring.contract.NeedsContract;
import dev.mooring.contract.ReadableContract;
import dev.mooring.contract.ReceiptContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The real adapters keep what every port promises: the tests that the cluster in memory passes. */
class RealPortsContractIT {
  private static RealWorld real;
  private static StoreKinds kinds;

  @BeforeAll
  static void up() throws IOException {
    real = new RealWorld("contract");
    kinds = real.storeKinds();
  }

  @AfterAll
  static void down() {
    kinds.close();
    real.close();
  }

  @Nested
  class Instances extends InstanceContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Needs extends NeedsContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class ReadableCopies extends ReadableContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Gate extends GateContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Authority extends AuthorityContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Archives extends ArchiveContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Databases extends DatabaseContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Manifests extends ManifestContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Receipts extends ReceiptContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class Evidence extends EvidenceContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  class ClusterFile extends ClusterFileContract {
    @Override
    protected ContractWorld world() {
      return real;
    }
  }

  @Nested
  @Tag("all")
  class ManifestsOverSftp extends ManifestContract {
    private final EvidenceWorld world = kinds.sftp();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class ReceiptsOverSftp extends ReceiptContract {
    private final EvidenceWorld world = kinds.sftp();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class EvidenceOverSftp extends EvidenceContract {
    private final EvidenceWorld world = kinds.sftp();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class ManifestsInABucket extends ManifestContract {
    private final EvidenceWorld world = kinds.s3();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class ReceiptsInABucket extends ReceiptContract {
    private final EvidenceWorld world = kinds.s3();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class EvidenceInABucket extends EvidenceContract {
    private final EvidenceWorld world = kinds.s3();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class ManifestsInSeveralStores extends ManifestContract {
    private final EvidenceWorld world = kinds.several();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class ReceiptsInSeveralStores extends ReceiptContract {
    private final EvidenceWorld world = kinds.several();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class EvidenceInSeveralStores extends EvidenceContract {
    private final EvidenceWorld world = kinds.several();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class EvidenceOverHttp extends EvidenceContract {
    private final EvidenceWorld world = kinds.http();

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }

  @Nested
  @Tag("all")
  class EvidenceByCommands extends EvidenceContract {
    private final EvidenceWorld world = kinds.commands();

    @Override
    protected boolean tellsEmptyFromAway() {
      return false;
    }

    @Override
    protected EvidenceWorld world() {
      return world;
    }
  }
}
