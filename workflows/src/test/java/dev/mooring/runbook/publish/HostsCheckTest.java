package dev.mooring.runbook.publish;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostsCheckTest {
  private final Instance east = Harbour.instance(Harbour.cluster(1), "east-0");
  private final Primary primary = new Primary(east, ObservedInstances.server(east));
  private final InstanceObserved seen = ObservedInstances.primary(east);

  @Test
  void goes_on_when_the_host_shows_what_the_server_said() {
    Verdicts.proceeds(judge(seen));
  }

  @Test
  void refuses_a_primary_that_was_not_seen_on_its_host() {
    Verdicts.never(judge(), FailureCode.STATE_UNREADABLE, "east-0 was not read on its host");
  }

  @ParameterizedTest
  @EnumSource(value = ServerProcess.class, names = "RUNNING", mode = EnumSource.Mode.EXCLUDE)
  void refuses_a_server_that_answers_out_of_another_data_directory(ServerProcess process) {
    Verdicts.never(
        judge(Altered.of(seen, "process", process)),
        FailureCode.IDENTITY_DIFFERS,
        "east-0 answers on port 6000, but nothing runs on its data directory /data/east-0");
  }

  @Test
  void refuses_a_data_directory_of_another_system_than_the_server_says() {
    Verdicts.never(
        judge(Altered.of(seen, "controlFile.data.identity.systemIdentifier", "42")),
        FailureCode.IDENTITY_DIFFERS,
        "east-0 says over SQL that it is system 7100000000000000001, its data directory is of"
            + " system 42");
  }

  @Test
  void refuses_less_room_than_four_wal_files() {
    Verdicts.proceeds(judge(Altered.of(seen, "pgWalFreeBytes", 4L << 24)));
    Verdicts.never(
        judge(Altered.of(seen, "pgWalFreeBytes", (4L << 24) - 1)),
        FailureCode.NO_ROOM,
        "east-0 has 67108863 bytes of room for WAL, needs 67108864");
  }

  private Verdict<List<Primary>> judge(InstanceObserved... observed) {
    HostObserved host =
        new HostObserved(new HostName("e0"), Epoch.NONE, List.of(observed), List.of());
    return HostsCheck.judge(List.of(primary), List.of(host));
  }
}
