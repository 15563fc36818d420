package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.SecretReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PausesTest {
  private static final Host FAR =
      new Host(new HostName("f0"), HostAccess.local("127.0.0.1", List.of()), "/nowhere");

  private static final PauseToSee PAUSE =
      new PauseToSee(
          new Endpoint.PgBouncer(
              "pooler",
              FAR.name(),
              6432,
              "",
              "mooring",
              new SecretReference("env:POOLER"),
              "/nowhere/pgbouncer.ini",
              "postgres"),
          FAR,
          "/nowhere/pause");

  /** A host on which every pause stands, and that says so after a time, if it is given that. */
  private record FarHost(Duration answersAfter) implements HostShell {
    @Override
    public ScriptResult run(
        Host host, Script script, Duration deadline, BiConsumer<String, String> progress) {
      if (answersAfter.compareTo(deadline) > 0) {
        throw HostFailures.of(FailureCode.HOST_SILENT, "no answer in " + deadline, null);
      }
      Said done = new Said("pooler", Map.of("exit", "0"));
      return new ScriptResult(new Said("host", Map.of()), Map.of("pooler", done));
    }

    @Override
    public ScriptResult ask(Host host, Script script, Duration deadline, Supplier<String> word) {
      throw new UnsupportedOperationException("a look says nothing on its way");
    }
  }

  private static String word(Duration answersAfter, Duration left) {
    return new Pauses(new FarHost(answersAfter))
        .look(List.of(PAUSE), PauseLimits.within(left))
        .word();
  }

  @Test
  void one_on_a_far_host_is_seen_where_the_budget_has_the_time() {
    Duration far = Duration.ofSeconds(3);
    assertThat(word(far, Duration.ofSeconds(60))).isEqualTo("go");
    assertThat(word(far, Duration.ofSeconds(15))).isEqualTo("stay");
    assertThat(word(Duration.ofSeconds(1), Duration.ofSeconds(15))).isEqualTo("go");
  }
}
