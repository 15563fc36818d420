package dev.mooring.port;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostWorkTest {
  private static final Cluster CLUSTER = Harbour.cluster(18, 18);

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "3;e0: east-3",
        "1,0;e0: contents 0, 1",
        "8,9,10,11,12,13,14,15;e0: contents 8 to 15",
        "2,0,5,4,6,9;e0: contents 0, 2, 4 to 6, 9",
        "0,2,4,6,8,10,12,14;e0: contents 0, 2, 4, 6, 8, 10, 12, 14",
        "0,2,4,6,8,10,12,14,16,17;e0: contents 0, 2, 4, 6, 8, 10, 12, 14 and 2 more"
      })
  void names_its_host_and_its_contents(String contents, String words) {
    List<Instance> instances =
        List.of(contents.split(",")).stream()
            .map(content -> Harbour.instance(CLUSTER, "east-" + content))
            .toList();

    assertThat(new HostWork(CLUSTER.hosts().get(0), instances).inWords()).isEqualTo(words);
  }

  @Test
  void names_instances_of_the_same_content() {
    List<Instance> both =
        List.of(Harbour.instance(CLUSTER, "east-0"), Harbour.instance(CLUSTER, "west-0"));

    assertThat(new HostWork(CLUSTER.hosts().get(0), both).inWords())
        .isEqualTo("e0: east-0, west-0");
  }
}
