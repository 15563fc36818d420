package dev.mooring.activities.patroni;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.activities.host.HostFailures;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Failsafe;
import dev.mooring.port.PatroniActivities.Lag;
import dev.mooring.port.PatroniActivities.LeaderChange;
import dev.mooring.port.PatroniActivities.ListedMember;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses the answers of Patroni 3 and 4. A setting that the configuration leaves out has the
 * default of Patroni's manual; anything else that is missing or wrong is unreadable.
 */
final class PatroniReading {
  private static final int DEFAULT_TTL = 30;
  private static final int DEFAULT_LOOP_WAIT = 10;
  private static final int DEFAULT_RETRY_TIMEOUT = 10;
  private static final long DEFAULT_LAG = 1 << 20;

  private PatroniReading() {}

  /** A member's own report ({@code /patroni}). */
  static MemberSeen member(Member member, PatroniPolicy policy, JsonNode said) {
    String scope = said.path("patroni").path("scope").asText();
    if (!scope.equals(policy.scope())) {
      throw HostFailures.of(
          FailureCode.IDENTITY_DIFFERS,
          "%s speaks for scope '%s', must be '%s'"
              .formatted(PatroniRest.where(member), scope, policy.scope()),
          null);
    }
    Optional<String> named = Optional.of(said.path("patroni").path("name").asText());
    // before 3.2 Patroni does not report its name there
    if (named.filter(n -> !n.isEmpty() && !n.equals(member.name())).isPresent()) {
      throw HostFailures.of(
          FailureCode.IDENTITY_DIFFERS,
          "%s calls itself '%s', must be '%s'"
              .formatted(PatroniRest.where(member), named.get(), member.name()),
          null);
    }
    return new MemberSeen(
        member.instance(),
        role(required(said, "role", member).asText()),
        required(said, "state", member).asText(),
        timeline(said),
        said.path("postmaster_start_time").asText(),
        facts(said),
        said.path("patroni").path("version").asText());
  }

  private static JsonNode required(JsonNode said, String name, Member member) {
    JsonNode value = said.path(name);
    if (!value.isTextual()) {
      throw HostFailures.of(
          FailureCode.STATE_UNREADABLE,
          "%s reports no %s".formatted(PatroniRest.where(member), name),
          null);
    }
    return value;
  }

  private static List<TimelineId> timeline(JsonNode said) {
    long timeline = said.path("timeline").asLong();
    return timeline > 0 ? List.of(new TimelineId(timeline)) : List.of();
  }

  private static Role role(String word) {
    return switch (word) {
      case "master", "primary", "leader" -> Role.LEADER;
      case "standby_leader" -> Role.STANDBY_LEADER;
      case "replica", "sync_standby", "quorum_standby" -> Role.REPLICA;
      default -> Role.OTHER;
    };
  }

  /** Quorum standbys are several standbys of which only some had each commit. */
  private static Role listed(String word) {
    return word.equals("sync_standby") ? Role.SYNC_STANDBY : role(word);
  }

  private static List<Fact> facts(JsonNode said) {
    List<Fact> facts = new ArrayList<>();
    add(facts, Fact.PAUSED, said.path("pause"));
    add(facts, Fact.UNLOCKED, said.path("cluster_unlocked"));
    add(facts, Fact.PENDING_RESTART, said.path("pending_restart"));
    add(facts, Fact.FAILSAFE, said.path("failsafe_mode_is_active"));
    JsonNode tags = said.path("tags");
    add(facts, Fact.NO_FAILOVER, tags.path("nofailover"));
    add(facts, Fact.CLONE_FROM, tags.path("clonefrom"));
    add(facts, Fact.NO_SYNC, tags.path("nosync"));
    add(facts, Fact.NO_LOAD_BALANCE, tags.path("noloadbalance"));
    return facts;
  }

  private static void add(List<Fact> facts, Fact fact, JsonNode value) {
    if (value.asBoolean()) {
      facts.add(fact);
    }
  }

  /** The lines of {@code /cluster}. */
  static List<ListedMember> members(PatroniPolicy policy, JsonNode said) {
    List<ListedMember> members = new ArrayList<>();
    for (JsonNode member : said.path("members")) {
      String name = member.path("name").asText();
      Optional<InstanceId> instance = policy.named(name);
      JsonNode lag = member.path("lag");
      members.add(
          new ListedMember(
              name,
              instance.stream().toList(),
              listed(member.path("role").asText()),
              member.path("state").asText(),
              lag.isIntegralNumber() ? List.of(new Lag(lag.asLong())) : List.of()));
    }
    return members;
  }

  /** The dynamic configuration ({@code /config}). */
  static PatroniSettings settings(JsonNode said) {
    return new PatroniSettings(
        new LockTimes(
            seconds(said, "ttl", DEFAULT_TTL),
            seconds(said, "loop_wait", DEFAULT_LOOP_WAIT),
            seconds(said, "retry_timeout", DEFAULT_RETRY_TIMEOUT)),
        said.path("maximum_lag_on_failover").asLong(DEFAULT_LAG),
        synchronous(said),
        said.path("failsafe_mode").asBoolean() ? Failsafe.ON : Failsafe.OFF,
        said.path("pause").asBoolean());
  }

  private static Synchronous synchronous(JsonNode said) {
    String mode = said.path("synchronous_mode").asText();
    if (mode.equals("quorum")) {
      return Synchronous.QUORUM;
    }
    if (!said.path("synchronous_mode").asBoolean() && !mode.equals("on")) {
      return Synchronous.OFF;
    }
    return said.path("synchronous_mode_strict").asBoolean() ? Synchronous.STRICT : Synchronous.ON;
  }

  private static Duration seconds(JsonNode said, String name, int otherwise) {
    return Duration.ofSeconds(said.path(name).asInt(otherwise));
  }

  /** The changes of the leader ({@code /history}). */
  static List<LeaderChange> history(JsonNode said) {
    List<LeaderChange> history = new ArrayList<>();
    for (JsonNode line : said) {
      history.add(
          new LeaderChange(
              new TimelineId(line.path(0).asLong()),
              line.path(2).asText(),
              line.path(3).asText(),
              line.path(4).asText()));
    }
    return history;
  }
}
