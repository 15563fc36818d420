package dev.mooring.runbook.all;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Runbook;
import io.temporal.common.metadata.POJOWorkflowImplMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunbookClassesTest {
  @Test
  void each_runbook_that_acts_has_its_classes() {
    assertThat(RunbookClasses.ALL)
        .extracting(RunbookClasses::runbook)
        .containsExactly(Runbook.values());
  }

  static java.util.List<RunbookClasses> all() {
    return RunbookClasses.ALL;
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_workflow_has_the_type_of_its_runbook_and_answers_its_result(RunbookClasses classes) {
    var method =
        POJOWorkflowImplMetadata.newInstance(classes.implementation()).getWorkflowMethods().get(0);
    assertThat(method.getName()).isEqualTo(classes.runbook().type());
    assertThat(method.getWorkflowMethod().getReturnType()).isEqualTo(classes.result());
  }
}
