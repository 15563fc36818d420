package dev.mooring.contract;

import static dev.mooring.contract.Steps.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.InstanceActivities.InstanceMissing;
import dev.mooring.port.InstanceActivities.InstanceNeeds;
import dev.mooring.port.InstanceActivities.NeedsObserved;
import dev.mooring.port.InstanceActivities.ObserveNeeds;
import dev.mooring.postgres.HostNeeds;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What looking for libraries, locales and tablespaces on the host of a copy promises. */
public abstract class NeedsContract {
  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  private Steps steps() {
    return new Steps(world());
  }

  @AfterEach
  void mend() {
    world().hands().mend();
  }

  @Test
  @Tag("all")
  void a_tablespace_that_leads_nowhere_is_told_of_its_instance_alone() {
    assertThat(steps().look(steps().west()).observed()).allMatch(i -> i.missing().isEmpty());
    world().hands().tablespaceLost(0);
    assertThat(steps().lookAt(0).missing())
        .containsExactly(
            "tablespace 99 points to /not/there, which is no directory that can be written");
    assertThat(steps().lookAt(1).missing()).isEmpty();
  }

  @Test
  void a_host_says_what_of_productions_things_it_lacks() {
    HostNeeds there =
        new HostNeeds(
            List.of("plpgsql", "$libdir/plpgsql"),
            List.of("C"),
            List.of(new HostNeeds.Tablespace(98, "/tmp")));
    HostNeeds nowhere =
        new HostNeeds(
            List.of("$libdir/not_there", "/not/there", "not_there"),
            List.of("xx_XX.UTF-8"),
            List.of(new HostNeeds.Tablespace(99, "/not/there")));
    NeedsObserved seen =
        world()
            .instances(1)
            .observeNeeds(
                new ObserveNeeds(
                    steps().looking(),
                    steps().west(),
                    List.of(
                        new InstanceNeeds(copy(0), there), new InstanceNeeds(copy(1), nowhere))));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed().get(0)).isEqualTo(new InstanceMissing(copy(0), List.of()));
    assertThat(seen.observed().get(1).instance()).isEqualTo(copy(1));
    assertThat(seen.observed().get(1).missing())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("library $libdir/not_there is not there"),
            one -> assertThat(one).startsWith("library /not/there is not there"),
            one -> assertThat(one).startsWith("library not_there is not there"),
            one -> assertThat(one).isEqualTo("locale xx_XX.UTF-8 is not there"),
            one ->
                assertThat(one)
                    .isEqualTo(
                        "tablespace 99 lies in /not/there, which is no directory here that can be"
                            + " written"));
  }
}
