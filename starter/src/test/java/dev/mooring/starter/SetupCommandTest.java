package dev.mooring.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupCommandTest {
  @TempDir Path directory = Path.of("set by JUnit");

  /** Temporal is not asked: there is none. */
  @Test
  void a_new_pair_is_made_beside_the_one_in_use_which_stays() throws IOException {
    SampleEvidence.in(directory);
    String inUse = Files.readString(directory.resolve("signing.pem"));
    Path secret = directory.resolve("next.pem");
    Path known = directory.resolve("next.pub");
    String command = "--new-key=" + secret;

    Said made = Said.by("setup", "harbour", command, "--config-dir", directory.toString());
    byte[] first = Files.readAllBytes(secret);
    Said again = Said.by("setup", "harbour", command, "--config-dir", directory.toString());

    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.out())
        .contains("new key: made " + secret + " (0600) and " + known)
        .contains("next: bring " + known + " to every site");
    assertThat(again.out()).contains(secret + " is there already, and its public half ");
    assertThat(Files.readAllBytes(secret)).isEqualTo(first);
    assertThat(Files.readString(directory.resolve("signing.pem"))).isEqualTo(inUse);
    TrustedKeys trusted =
        TrustedKeys.parse(List.of(new TrustedKeys.KeyText("next", Files.readString(known))));
    assertThat(SigningKey.parse("next", Files.readString(secret), trusted).id())
        .isEqualTo(trusted.ids().get(0));
  }
}
