package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompletionCommandTest {
  @Test
  void completes_every_command_and_its_options() {
    Said said = Said.by("completion");

    assertThat(said.status()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_mooring")
        .contains(
            "switchover", "rehearse", "roll-back", "archive-floor", "--system-identifier-ends");
  }
}
