package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primary is gone, and one of its standbys streams from the other one. */
class FailoverOfCascadeTest {
  private final FailoverBed strait =
      new FailoverBed(
          Strait.cluster(
              "dataDirectory: /data/west-0,", "dataDirectory: /data/west-0, follows: east-1,"));

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void whoever_streams_from_the_one_that_is_promoted_goes_on_with_that() {
    strait.world().members().kill("east-0");
    assertThat(strait.execute("{'cluster':'strait','to':'east-1'}").outcome())
        .isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  /** It would follow one that follows it. */
  @Test
  void the_one_above_follows_the_one_below_that_is_promoted() {
    strait.world().members().kill("east-0");
    assertThat(strait.execute(FailoverBed.OVER).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }
}
