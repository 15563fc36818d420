package dev.mooring.runbook.all;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunResult;
import org.junit.jupiter.api.Test;

class RunbookClassesTest {
  @Test
  void each_runbook_that_acts_has_its_classes() {
    assertThat(RunbookClasses.ALL)
        .extracting(RunbookClasses::runbook)
        .containsExactly(Runbook.values());
    assertThat(RunbookClasses.ALL)
        .extracting(RunbookClasses::result)
        .allMatch(RunResult.class::isAssignableFrom);
  }
}
