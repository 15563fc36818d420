package dev.mooring.worker.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HookFileTest {
  private static final String GOOD =
      "{listen: '127.0.0.1:0', hooks: [{name: a, format: alertmanager, bearer: 'env:T', rules:"
          + " [{cluster: c, runbook: failover}]}]}";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1:0 | nowhere | listen must be ADDRESS:PORT, got 'nowhere'",
        "127.0.0.1:0 | 0.0.0.0:9467 | listen is 0.0.0.0:9467 without a keystore: the token of hook"
            + " 'a'",
        "bearer: 'env:T', | | hook 'a' must have one of bearer and hmac",
        "bearer: 'env:T', | bearer: 'env:T', hmac: 'env:T', | hook 'a' must have one of bearer",
        "format: alertmanager | format: slack | format must be alertmanager or json, got 'slack'",
        "format: alertmanager | format: json | incident and startsAt must be JSON pointers",
        "runbook: failover | runbook: switchover | runbook must be one of [failover, start-primary",
        "runbook: failover | runbook: consume | consume must have the argument site",
        "runbook: failover | runbook: /is | a runbook that is a JSON pointer needs runbooks, a"
            + " list",
        "runbook: failover | runbook: check, runbooks: [check] | needs runbooks, a list, and no"
            + " other",
        "runbook: failover | runbook: /is, runbooks: [switchover] | one of [failover,"
            + " start-primary",
        "runbook: failover | runbook: /is, runbooks: [check, consume] | consume must have the",
        "cluster: c, runbook: failover | cluster: c, runbook: /is, runbooks: [check], arguments:"
            + " {by: x} | [by] come from a person, never by",
        "cluster: c, | | a rule must have a cluster, its name or a JSON pointer to it",
        "cluster: c, | cluster: c, match: {alertname: x}, | 'alertname' in match must be a JSON",
        "cluster: c, | cluster: c, arguments: {instance: x}, | failover has the arguments [to], got"
            + " [instance]",
        "cluster: c, runbook: failover | cluster: c, runbook: check, arguments: {to: x} | check has"
            + " the arguments [], got [to]",
        "cluster: c, runbook: failover | cluster: c, runbook: /is, runbooks: [check, failover,"
            + " failover], arguments: {x: y} | has the arguments [to], got [x]",
        "cluster: c, | cluster: c, arguments: {lost: x}, | [lost] come from a person, never by",
        "cluster: c, | cluster: c, argument: {to: x}, | hooks.[0].rules.[0].argument",
        "name: a, | name: a, perMinute: 9000, | perMinute must be 1 to 6000, got 9000",
        "name: a, | name: a, perMinute: 0, | perMinute must be 1 to 6000, got 0",
        "{listen | {keystore: /x, listen | keystorePassword, env:NAME or file:/PATH, go together"
      })
  void says_what_is_wrong(String piece, String changed, String sentence) throws IOException {
    String text = GOOD.replace(piece, changed == null ? "" : changed);
    Path file = Files.writeString(directory.resolve("hooks.yaml"), text);
    assertThatThrownBy(() -> HookFile.read(file))
        .isInstanceOf(HookFile.Unusable.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1:0 | localhost:9467",
        "127.0.0.1:0 | '[::1]:9467'",
        "listen: '127.0.0.1:0' | keystore: /x, keystorePassword: 'env:P', listen: '0.0.0.0:9467'",
        "'127.0.0.1:0', hooks: [{name: a, format: alertmanager, bearer | '0.0.0.0:9467', hooks:"
            + " [{name: a, format: alertmanager, hmac"
      })
  void no_token_is_sent_in_plain(String piece, String changed) throws Exception {
    Path file = Files.writeString(directory.resolve("hooks.yaml"), GOOD.replace(piece, changed));
    assertThat(HookFile.read(file).hooks()).hasSize(1);
  }

  @Test
  void one_that_is_not_there_is_named() {
    assertThatThrownBy(() -> HookFile.read(directory.resolve("none.yaml")))
        .hasMessageContaining("there is no file ");
  }
}
