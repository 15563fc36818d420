package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.topology.HostName;
import java.util.Optional;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptHeadTest {
  private static final HostName HOST = new HostName("east-0");
  private static final String SHA = "ab".repeat(32);
  private static final ReceiptHead HEAD = new ReceiptHead(HOST, 812, SHA, "2026-02-01T18:18:49Z");

  @Test
  void a_line_is_read_as_a_host_writes_it() {
    assertThat(ReceiptHead.parse(HOST, "812 " + SHA + " 2026-02-01T18:18:49Z\n")).isEqualTo(HEAD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "812", "0 %s 2026-02-01T18:18:49Z", "812 %s", "812 %s yesterday"})
  void another_line_is_a_record_that_can_not_be_read(String line) {
    ReceiptHead head = ReceiptHead.parse(HOST, String.format(line, SHA));
    assertThat(head.isRead()).isFalse();
    assertThat(head.document()).isEqualTo("evidence.head");
    assertThat(head.fault(n -> Optional.of(SHA))).isPresent();
  }

  @Test
  void the_very_receipt_must_be_in_the_store() {
    LongFunction<Optional<String>> whole = n -> n == 812 ? Optional.of(SHA) : Optional.empty();
    assertThat(HEAD.fault(whole)).isEmpty();
    assertThat(HEAD.fault(n -> Optional.empty()))
        .contains(
            "host east-0 recorded it at 2026-02-01T18:18:49Z with digest "
                + SHA
                + "; in the store it is missing");
    String other = "cd".repeat(32);
    assertThat(HEAD.fault(n -> Optional.of(other)).orElseThrow())
        .endsWith("; in the store it has " + other);
  }
}
