package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class FanOutTest {
  private record Answer(List<InstanceFailure> failures) {}

  @Test
  void the_failed_instances_of_every_host_are_named_with_the_code_of_the_first() {
    List<Answer> hosts =
        List.of(
            new Answer(List.of()),
            new Answer(List.of(failure("west-1", FailureCode.NO_ROOM, "no room"))),
            new Answer(List.of(failure("west-2", FailureCode.STATE_UNREADABLE, "is empty"))));

    assertThatThrownBy(() -> FanOut.failOn(hosts, Answer::failures))
        .isInstanceOfSatisfying(
            RunbookStop.class, stop -> assertThat(stop.code()).isEqualTo(FailureCode.NO_ROOM))
        .hasMessage("west-1: no room; west-2: is empty");
  }

  @Test
  void answers_without_failures_go_on() {
    assertThatCode(() -> FanOut.failOn(List.of(new Answer(List.of())), Answer::failures))
        .doesNotThrowAnyException();
  }

  private static InstanceFailure failure(String instance, FailureCode code, String why) {
    return new InstanceFailure(new InstanceId(instance), code, why);
  }
}
