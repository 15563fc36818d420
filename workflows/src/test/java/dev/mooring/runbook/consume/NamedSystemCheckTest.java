package dev.mooring.runbook.consume;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSystemCheckTest {
  private static final String LARGEST = "18446744073709551615";

  private final Cluster cluster = Harbour.cluster(2);
  private final Seen west0 = seen("west-0", "7100000000000000001");
  private final Seen west1 = seen("west-1", "7100000000000000002");

  private Seen seen(String id, String system) {
    Instance instance = Harbour.instance(cluster, id);
    InstanceObserved observed = ObservedInstances.standby(instance);
    return new Seen(
        instance, Altered.of(observed, "controlFile.data.identity.systemIdentifier", system));
  }

  @Test
  void goes_on_where_nobody_was_asked() {
    Verdicts.proceeds(NamedSystemCheck.judge("", List.of(west0, west1)));
    Verdicts.proceeds(NamedSystemCheck.judge("", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001", "00000001", "7100000000000000001"})
  void goes_on_where_content_0_ends_with_the_digits(String ends) {
    Verdicts.proceeds(NamedSystemCheck.judge(ends, List.of(west1, west0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0002", "1001", "17100000000000000001"})
  void refuses_where_content_0_ends_otherwise_whatever_the_others_do(String ends) {
    Verdicts.never(
        NamedSystemCheck.judge(ends, List.of(west0, west1)),
        FailureCode.IDENTITY_DIFFERS,
        "the request names a system identifier that ends with "
            + ends
            + ", west-0 of content 0 is of system 7100000000000000001");
  }

  @Test
  void refuses_where_no_copy_of_content_0_was_seen() {
    Verdicts.never(
        NamedSystemCheck.judge("0002", List.of(west1)),
        FailureCode.IDENTITY_DIFFERS,
        "the request names a system identifier that ends with 0002, and no copy of content 0 was"
            + " read");
  }

  @Test
  void compares_identifiers_of_the_upper_half_of_64_bits_without_a_sign() {
    List<Seen> seen = List.of(seen("west-0", LARGEST));
    Verdicts.proceeds(NamedSystemCheck.judge("1615", seen));
    Verdicts.proceeds(NamedSystemCheck.judge(LARGEST, seen));
    Verdicts.never(
        NamedSystemCheck.judge("0001", seen),
        FailureCode.IDENTITY_DIFFERS,
        "the request names a system identifier that ends with 0001, west-0 of content 0 is of"
            + " system "
            + LARGEST);
  }
}
