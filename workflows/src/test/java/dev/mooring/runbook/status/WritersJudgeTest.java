package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Sightings;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Sight;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritersJudgeTest {

  @Test
  void one_writer_of_each_content_at_the_publishing_site_is_as_it_should_be() {
    assertThat(WritersJudge.findings(Moored.facts())).isEmpty();
  }

  @Test
  void two_writers_of_one_content_are_critical_whatever_their_hosts_show() {
    assertThat(WritersJudge.findings(Moored.with("west-1", WritersJudgeTest::writing)))
        .containsExactly(
            Finding.critical(
                "content 1 has 2 instances that take writes: east-1, west-1",
                FailureCode.TWO_PRIMARIES.hint()));
  }

  @Test
  void a_copy_that_takes_writes_while_its_primary_is_not_seen_is_critical() {
    List<InstanceFacts> instances =
        Moored.with("west-0", WritersJudgeTest::writing).instances().stream()
            .map(
                one ->
                    one.instance().id().value().equals("east-0")
                        ? Moored.dark(one.instance())
                        : one)
            .toList();

    assertThat(WritersJudge.findings(Moored.withInstances(Moored.facts(), instances)))
        .containsExactly(
            Finding.critical(
                "west-0 takes writes for content 0, which east publishes",
                "`mooring whois harbour` says who else does; where two do, fence one of them before"
                    + " anything else"));
  }

  @Test
  void a_publishing_instance_that_came_back_in_recovery_is_no_primary() {
    StatusFacts facts =
        Moored.with(
            "east-0",
            one ->
                new InstanceFacts(
                    one.instance(),
                    one.host(),
                    new Sight.Seen<>(Sightings.replaying(one.instance())),
                    one.epoch()));

    assertThat(WritersJudge.findings(facts))
        .containsExactly(
            Finding.critical(
                "content 0 has no primary at east; in recovery: east-0",
                FailureCode.NO_PRIMARY.hint()));
  }

  private static InstanceFacts writing(InstanceFacts one) {
    return new InstanceFacts(
        one.instance(),
        one.host(),
        new Sight.Seen<>(Sightings.server(one.instance())),
        one.epoch());
  }
}
