package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneWriterTest {
  @Test
  void who_is_refused_everywhere_is_not_told_to_start_a_primary() {
    assertThat(
            OneWriter.codeOfNone(
                true,
                List.of(
                    failure("east-0", FailureCode.AUTHENTICATION_REFUSED),
                    failure("west-0", FailureCode.AUTHENTICATION_REFUSED))))
        .isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
    assertThat(
            OneWriter.codeOfNone(
                true,
                List.of(
                    failure("east-0", FailureCode.AUTHENTICATION_REFUSED),
                    failure("west-0", FailureCode.DATABASE_UNREACHABLE))))
        .isEqualTo(FailureCode.NO_PRIMARY);
    assertThat(
            OneWriter.codeOfNone(
                false, List.of(failure("east-0", FailureCode.AUTHENTICATION_REFUSED))))
        .isEqualTo(FailureCode.NO_PRIMARY);
    assertThat(
            OneWriter.codeOfNone(
                true, List.of(failure("east-0", FailureCode.DATABASE_UNREACHABLE))))
        .isEqualTo(FailureCode.NO_PRIMARY);
  }

  @Test
  void what_each_server_said_is_the_headline_where_all_refuse() {
    Verdict<MemberObserved> verdict =
        OneWriter.of(
            Harbour.strait(),
            List.of(),
            List.of(
                failure("east-0", FailureCode.AUTHENTICATION_REFUSED),
                new InstanceFailure(
                    new InstanceId("west-0"), FailureCode.AUTHENTICATION_REFUSED, "no such role"),
                failure("east-1", FailureCode.AUTHENTICATION_REFUSED)));

    assertThat(verdict)
        .isEqualTo(
            Verdict.never(
                FailureCode.AUTHENTICATION_REFUSED,
                "east-0, east-1: it said why; west-0: no such role"));
  }

  private static InstanceFailure failure(String instance, FailureCode code) {
    return new InstanceFailure(new InstanceId(instance), code, "it said why");
  }
}
