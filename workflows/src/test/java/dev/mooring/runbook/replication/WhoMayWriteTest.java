package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Strait;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of which silence a run ends that asks who may write. */
class WhoMayWriteTest {
  private final Instance primary = Strait.cluster().members().get(0);

  private RolesObserved on(Instance of, String silent) {
    return new RolesObserved(
        of.host(),
        new Epoch(3),
        List.of(),
        List.of(
            new InstanceFailure(
                new InstanceId(silent), FailureCode.STATE_UNREADABLE, "no data directory")));
  }

  @Test
  void it_must_be_known_of_the_primary_and_of_no_other_on_its_host_or_elsewhere() {
    Instance other = Strait.cluster().members().get(1);
    WhoMayWrite hosts =
        new WhoMayWrite(List.of(on(primary, "spare"), on(other, other.id().value())));
    assertThat(hosts.silence(primary)).isEmpty();
    assertThat(hosts.highest()).isEqualTo(new Epoch(3));
    WhoMayWrite silent = new WhoMayWrite(List.of(on(primary, primary.id().value())));
    assertThat(silent.silence(primary)).hasSize(1);
  }
}
