package dev.mooring.dev.contract;

import dev.mooring.contract.ArchiveContract;
import dev.mooring.contract.AuthorityContract;
import dev.mooring.contract.ClusterFileContract;
import dev.mooring.contract.ContractWorld;
import dev.mooring.contract.DatabaseContract;
import dev.mooring.contract.EvidenceContract;
import dev.mooring.contract.GateContract;
import dev.mooring.contract.InstanceContract;
import dev.mooring.contract.ManifestContract;
import dev.mooring.contract.NeedsContract;
import dev.mooring.contract.ReceiptContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The real adapters keep what every port promises: the tests that the cluster in memory passes. */
@Timeout(180)
class RealPortsContractIT {
  private static RealWorld real;

  @BeforeAll
  static void up() {
    real = new RealWorld("contract");
  }

  @AfterAll
  static void down() {
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
}
