package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.runbook.failback.FailbackRequest;
import dev.mooring.runbook.failover.FailoverRequest;
import dev.mooring.runbook.replication.ReplicationRequest;
import dev.mooring.runbook.resilver.ResilverRequest;
import dev.mooring.runbook.startprimary.StartPrimaryRequest;
import dev.mooring.runbook.switchover.SwitchoverRequest;
import dev.mooring.wire.RawRequest;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A run that acts knows who asked for it; one that only plans need not. */
class PersonAskedTest {
  private static final String PROBLEM = "by: must name the requester, in mode execute, got '%s'";

  private static void bound(String more, Consumer<Asked> asked) {
    String to = "{'cluster':'strait','to':'west-0'" + more + "}";
    String all = "{'cluster':'strait','act':'setup'" + more + "}";
    List.of(
            new Asked(to, SwitchoverRequest::of),
            new Asked(to, FailbackRequest::of),
            new Asked("{'cluster':'strait'" + more + "}", ResilverRequest::of),
            new Asked("{'cluster':'strait'" + more + "}", FailoverRequest::of),
            new Asked("{'cluster':'strait'" + more + "}", StartPrimaryRequest::of),
            new Asked(all, ReplicationRequest::of))
        .forEach(asked);
  }

  private record Asked(String json, Consumer<RawRequest> binding) {
    void bind() {
      binding.accept(Typed.json(json));
    }
  }

  @Test
  void who_lets_a_run_act_is_named() {
    for (String by : List.of("", "  ")) {
      bound(
          ",'mode':'execute','digest':'4f2a91c0','by':'" + by + "'",
          asked ->
              assertThatThrownBy(asked::bind).hasMessageContaining(String.format(PROBLEM, by)));
    }
    bound(
        ",'mode':'execute'",
        asked -> assertThatThrownBy(asked::bind).hasMessageContaining(String.format(PROBLEM, "")));
  }

  @Test
  void who_only_plans_may_leave_it_out() {
    bound(",'mode':'plan'", Asked::bind);
    bound(",'mode':'execute','by':'alice'", Asked::bind);
    assertThat(ReplicationRequest.of(Typed.json("{'cluster':'strait','act':'verify'}")).by())
        .isEmpty();
  }

  /** Before anything is looked at, and any lock is taken. */
  @Test
  void a_digest_that_is_too_short_is_refused() {
    bound(
        ",'mode':'execute','digest':'4f2a91c','by':'alice'",
        asked ->
            assertThatThrownBy(asked::bind)
                .hasMessageContaining("digest: must be the digest of a plan, its first 8")
                .hasMessageContaining("got '4f2a91c'"));
  }

  /** Else a person who typed a move would see it completed, and nothing moved. */
  @Test
  void whether_it_acts_is_said() {
    bound(
        ",'by':'alice'",
        asked ->
            assertThatThrownBy(asked::bind)
                .hasMessageContaining("'request refused: mode is missing: plan or execute'"));
  }
}
