package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ManifestChoice;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumeRequestTest {

  @Test
  void consumes_latest_unless_said_otherwise() {
    assertThat(ConsumeRequest.of(Typed.json("{'cluster':'harbour','site':'west'}")))
        .isEqualTo(
            new ConsumeRequest(
                new ClusterName("harbour"),
                new SiteName("west"),
                ManifestChoice.LATEST,
                Mode.EXECUTE,
                List.of(),
                "",
                Duration.ZERO,
                "",
                ""));
  }

  @Test
  void takes_every_field() {
    assertThat(
            ConsumeRequest.of(
                Typed.json(
                    "{'cluster':'harbour','site':'west','target':'sync_point_20261120_080000_aa',"
                        + "'mode':'plan','overrides':'torn','systemIdentifierEnds':'0815','patience':'PT2M','by':'alice','reason':'drill'}")))
        .isEqualTo(
            new ConsumeRequest(
                new ClusterName("harbour"),
                new SiteName("west"),
                new ManifestChoice("sync_point_20261120_080000_aa"),
                Mode.PLAN,
                List.of(ConsumeRequest.TORN),
                "0815",
                Duration.ofMinutes(2),
                "alice",
                "drill"));
  }

  @Test
  void says_everything_that_is_wrong_in_one_sentence() {
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','target':'../LATEST','patience':'2 minutes','tagret':'latest'}",
        "site is missing; target: restore point name must be 1 to 63 of A-Z a-z 0-9 _ . - and not"
            + " begin with . or -, got '../LATEST'; patience: must be an ISO duration such as"
            + " PT30S, got '2 minutes'; unknown field 'tagret' (did you mean 'target'? known:"
            + " cluster, site, target, mode, overrides, systemIdentifierEnds, patience, by,"
            + " reason)");
  }

  @Test
  void overrides_nothing_but_torn_of_a_point_it_names_and_with_a_reason() {
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','site':'west','overrides':'torn'}",
        "reason: must say why a rule is overridden, got ''; overrides: torn is only for a restore"
            + " point that target names, got 'latest'");
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','site':'west','overrides':'floor'}",
        "overrides: must be rules that can be overridden, with commas between: torn; got 'floor'");
  }

  @Test
  void refuses_fewer_than_four_digits_of_an_identifier() {
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','site':'west','systemIdentifierEnds':'815'}",
        "systemIdentifierEnds: must be the last 4 to 20 digits of a system identifier, got '815'");
  }

  @Test
  void refuses_a_patience_that_is_negative() {
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','site':'west','patience':'-PT1S'}",
        "patience: must not be negative, got '-PT1S'");
  }

  @Test
  void refuses_a_null_where_a_default_would_be_taken() {
    Typed.refused(
        ConsumeRequest::of,
        "{'cluster':'harbour','site':'west','mode':null}",
        "mode must be a plain value, got null");
  }
}
