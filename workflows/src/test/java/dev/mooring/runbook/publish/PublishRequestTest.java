package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.publish.PublishRequest.SwitchWal;
import dev.mooring.topology.ClusterName;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishRequestTest {

  @Test
  void needs_the_clusters_name_alone() {
    assertThat(PublishRequest.of(Typed.json("{'cluster':'harbour'}")))
        .isEqualTo(
            new PublishRequest(
                new ClusterName("harbour"), Mode.EXECUTE, SwitchWal.POLICY, List.of(), "", ""));
  }

  @Test
  void takes_every_field_in_any_case() {
    assertThat(
            PublishRequest.of(
                Typed.json(
                    "{'cluster':'harbour','mode':'plan','switchWal':'Off','overrides':'wal-gap','by':'alice',"
                        + "'reason':'before the upgrade'}")))
        .isEqualTo(
            new PublishRequest(
                new ClusterName("harbour"),
                Mode.PLAN,
                SwitchWal.OFF,
                List.of("wal-gap"),
                "alice",
                "before the upgrade"));
  }

  @Test
  void refuses_a_request_without_a_cluster() {
    Typed.refused(PublishRequest::of, "{}", "cluster is missing");
    Typed.refused(PublishRequest::of, "{'cluster':null}", "cluster is missing");
  }

  @Test
  void says_everything_that_is_wrong_in_one_sentence() {
    Typed.refused(
        PublishRequest::of,
        "{'cluster':'Harbour East','mode':'dry','switchwal':'off','by':['alice']}",
        "cluster: cluster name must be 1 to 63 of a-z 0-9 _ - and begin with a letter or digit,"
            + " got 'Harbour East'; mode: must be one of plan, execute, got 'dry'; by must be a"
            + " plain value, got [\"alice\"]; unknown field 'switchwal' (did you mean 'switchWal'?"
            + " known: cluster, mode, switchWal, overrides, by, reason)");
  }

  @Test
  void an_override_is_a_known_rule_and_needs_a_reason() {
    Typed.refused(
        PublishRequest::of,
        "{'cluster':'harbour','overrides':'wal-gap'}",
        "reason: must say why a rule is overridden, got ''");
    Typed.refused(
        PublishRequest::of,
        "{'cluster':'harbour','overrides':'gap','reason':'lost'}",
        "overrides: must be rules that can be overridden, with commas between: wal-gap; got 'gap'");
  }

  @Test
  void refuses_what_is_no_object() {
    String must = "the request must be one JSON object such as {\"cluster\":\"NAME\"}, got ";
    Typed.refused(PublishRequest::of, "'harbour'", must + "\"harbour\"");
    Typed.refused(PublishRequest::of, "['harbour']", must + "[\"harbour\"]");
    Typed.refused(raw -> PublishRequest.of(null), "{}", must + "nothing");
  }

  @Test
  void keeps_what_was_asked_in_words() {
    assertThat(PublishRequest.of(Typed.json("{'cluster':'harbour'}")).inWords())
        .isEqualTo("PublishCycle of harbour, mode EXECUTE, switch WAL POLICY");
  }
}
