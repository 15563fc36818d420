package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {
  @Test
  void each_member_is_let_in_by_its_own_address_as_one_user() {
    Cluster strait = Strait.cluster();

    assertThat(AccessRules.lines(strait, strait.members()))
        .hasSize(6)
        .contains("host replication \"streamer\" 127.31.10.1/32 scram-sha-256")
        .contains("host \"postgres\" \"streamer\" 127.31.20.1/32 scram-sha-256")
        .noneMatch(line -> line.contains("/0") || line.contains(" all "));
  }

  /** A name takes no length: with one, no address would ever fit. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7,192.0.2.7/32",
    "2001:db8::7,2001:db8::7/128",
    "w0.example.org,w0.example.org"
  })
  void an_address_means_one_host(String address, String line) {
    assertThat(AccessRules.alone(address)).isEqualTo(line);
  }
}
