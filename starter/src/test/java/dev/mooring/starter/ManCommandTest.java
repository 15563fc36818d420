package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ManCommandTest {
  private static final List<String> REQUESTS = List.of(".TH ", ".SH ", ".SS ", ".nf", ".fi");

  @Test
  void has_every_command_and_its_options() {
    Said said = Said.by("man");

    assertThat(said.status()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .startsWith(".TH MOORING 1 ")
        .contains(
            "\n.SS switchover\n",
            "\n.SS rehearse\n",
            "\n.SS replicate files\n",
            "\n.SS archive\\-floor\n")
        .contains("\\-\\-system\\-identifier\\-ends");
    assertThat(ManCommand.words("a\\b --c")).isEqualTo("a\\eb \\-\\-c");
    assertThat(ManCommand.words(".nf")).isEqualTo("\\&.nf");
    assertThat(ManCommand.words("'x")).isEqualTo("\\&'x");
    assertThat(said.out().lines().filter(line -> line.startsWith(".")))
        .allMatch(line -> REQUESTS.stream().anyMatch(line::startsWith));
  }
}
