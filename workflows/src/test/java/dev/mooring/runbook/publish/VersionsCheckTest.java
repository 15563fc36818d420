package dev.mooring.runbook.publish;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsCheckTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final Instance east0 = Harbour.instance(cluster, "east-0");
  private final Instance east1 = Harbour.instance(cluster, "east-1");
  private final InstanceObserved seen0 = ObservedInstances.primary(east0);
  private final InstanceObserved seen1 = ObservedInstances.primary(east1);

  @ParameterizedTest
  @ValueSource(strings = {"13.0", "15.20", "18.99"})
  void goes_on_with_every_supported_major(String version) {
    Verdicts.proceeds(VersionsCheck.supported(running(east0, version)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"12.22", "19.0"})
  void refuses_a_major_before_the_oldest_and_one_after_the_newest(String version) {
    Verdicts.never(
        VersionsCheck.supported(running(east0, version)),
        FailureCode.VERSION_UNSUPPORTED,
        "east-0 runs version " + version + ", supported are 13 to 18");
  }

  @Test
  void goes_on_with_programs_of_the_same_major_whatever_their_minor() {
    Verdicts.proceeds(judge(running(east0, "15.3"), running(east1, "15.99")));
  }

  @Test
  void refuses_a_decoder_of_another_major_which_would_find_no_record() {
    InstanceObserved other = Altered.of(seen0, "software.tools.0.version", "17.10");
    Verdicts.never(
        VersionsCheck.judge(List.of(running(east0, "15.20")), List.of(on(other, seen1))),
        FailureCode.VERSION_DIFFERS,
        "east-0 runs version 15.20, pg_waldump in /usr/lib/postgresql/15/bin is version 17.10");
  }

  @Test
  void names_every_primary_that_runs_another_major_than_its_programs() {
    Verdicts.never(
        judge(running(east0, "14.1"), running(east1, "14.2")),
        FailureCode.VERSION_DIFFERS,
        "east-0 runs version 14.1, postgres in /usr/lib/postgresql/15/bin is version 15.20;"
            + " east-0 runs version 14.1, pg_waldump in /usr/lib/postgresql/15/bin is version"
            + " 15.20; east-1 runs version 14.2, postgres in /usr/lib/postgresql/15/bin is version"
            + " 15.20; east-1 runs version 14.2, pg_waldump in /usr/lib/postgresql/15/bin is"
            + " version 15.20");
  }

  @Test
  void goes_on_with_contents_of_different_majors_each_with_its_own_programs() {
    InstanceObserved upgraded =
        Altered.of(
            seen1,
            "software",
            Harbour.software(running(east1, "17.1").server().identity().version()));
    Verdicts.proceeds(
        VersionsCheck.judge(
            List.of(running(east0, "15.20"), running(east1, "17.1")),
            List.of(on(seen0, upgraded))));
  }

  private Verdict<List<Primary>> judge(Primary... primaries) {
    return VersionsCheck.judge(List.of(primaries), List.of(on(seen0, seen1)));
  }

  private static HostObserved on(InstanceObserved... seen) {
    return new HostObserved(new HostName("e0"), Epoch.NONE, List.of(seen), List.of());
  }

  private static Primary running(Instance instance, String version) {
    ServerObserved server =
        Altered.of(ObservedInstances.server(instance), "identity.version", version);
    return new Primary(instance, server);
  }
}
