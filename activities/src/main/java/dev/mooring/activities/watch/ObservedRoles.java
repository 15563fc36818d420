package dev.mooring.activities.watch;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.watch.SiteLook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The role of each member when a watch of this worker last read it, for a load balancer that asks
 * by HTTP. An observation expires {@code watch.every} and half a minute after it began, by the wall
 * clock and by the monotonic clock.
 */
public final class ObservedRoles {
  /** Longer than two readings of a site with a host that hangs. */
  private static final Duration LONGER = Duration.ofSeconds(30);

  private static final Pattern MEMBER = Pattern.compile("[\\w.-]+(/[\\w.-]+)?");

  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<Key, Seen> seen = new HashMap<>();

  /**
   * Without any member yet.
   *
   * @param nanos a monotonic clock
   */
  public ObservedRoles(Clock clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  /** The roles that a load balancer can ask for. */
  public enum Role {
    /**
     * Accepts writes, and may by the authority file of its host, or no instance is named there yet.
     */
    PRIMARY,
    /** A standby. */
    REPLICA
  }

  /** When an observation began. */
  public record Began(Instant at, long nanos) {}

  private record Key(ClusterName cluster, InstanceId member) {}

  /**
   * A member in an observation.
   *
   * @param role its role, if it has one
   * @param words its state, for people
   * @param authority the authority file of its host, if it has one
   */
  private record Seen(
      Optional<Role> role,
      String words,
      List<Authority> authority,
      Began began,
      Duration expiresAfter) {
    /**
     * The instance that may write instead of that one, since a later epoch than that in which it
     * was named.
     */
    Optional<String> another(InstanceId member, long epoch) {
      return authority.stream()
          .filter(one -> one.epoch() > epoch)
          .map(Authority::writer)
          .filter(writer -> !writer.isEmpty() && !writer.equals(Authority.NOBODY))
          .filter(writer -> !writer.equals(member.value()))
          .findFirst();
    }

    long epoch() {
      return authority.stream().mapToLong(Authority::epoch).findFirst().orElse(0);
    }
  }

  /**
   * The answer to a load balancer.
   *
   * @param holds whether the member has that role, by an observation that has not expired
   * @param words why, in one line
   */
  public record Answer(boolean holds, String words) {}

  /** The time of an observation that begins now. */
  public Began begins() {
    return new Began(clock.instant(), nanos.getAsLong());
  }

  /** A reading of a site that began then has ended. */
  public synchronized void saw(WatchWork request, SiteLook look, Began began) {
    Duration expiresAfter = request.pace().every().plus(LONGER);
    request.watched().members().stream()
        .map(server -> server.instance().id())
        .forEach(
            member ->
                seen.put(
                    new Key(request.call().cluster(), member),
                    seen(member, look, began, expiresAfter)));
  }

  private static Seen seen(InstanceId member, SiteLook look, Began began, Duration expiresAfter) {
    List<Authority> authority =
        look.roles().stream()
            .filter(role -> role.instance().equals(member))
            .map(InstanceRole::authority)
            .toList();
    Optional<Role> role = Optional.empty();
    String words = "gave no answer";
    Optional<MemberObserved> observed =
        look.replication().members().stream()
            .filter(one -> one.instance().equals(member))
            .findFirst();
    if (observed.isPresent() && observed.get().standing().inRecovery()) {
      role = Optional.of(Role.REPLICA);
      words = "is a standby";
    } else if (observed.isPresent() && authority.isEmpty()) {
      words = "accepts writes, and its host does not report which instance may";
    } else if (observed.isPresent()) {
      String writer = authority.get(0).writer();
      boolean may = writer.isEmpty() || writer.equals(member.value());
      role = may ? Optional.of(Role.PRIMARY) : Optional.empty();
      words =
          may
              ? "accepts writes"
              : "accepts writes, and the authority file of its host names " + writer;
    }
    return new Seen(role, words, authority, began, expiresAfter);
  }

  /**
   * Whether that member has that role.
   *
   * @param path {@code INSTANCE}, or {@code CLUSTER/INSTANCE} if several clusters have it
   */
  public synchronized Answer is(Role role, String path) {
    seen.values().removeIf(one -> !counts(one));
    List<Key> meant =
        seen.keySet().stream()
            .filter(
                key ->
                    path.equals(key.member().value())
                        || path.equals(key.cluster() + "/" + key.member()))
            .toList();
    if (meant.size() > 1) {
      return new Answer(false, "several clusters have " + path + ": ask for CLUSTER/INSTANCE");
    }
    if (meant.isEmpty()) {
      String asked = MEMBER.matcher(path).matches() ? path : "of that name";
      return new Answer(false, "no watch of this worker observed a member " + asked + " lately");
    }
    return answer(role, meant.get(0));
  }

  private boolean counts(Seen one) {
    Duration byClock = Duration.between(one.began().at(), clock.instant());
    Duration unset = Duration.ofNanos(nanos.getAsLong() - one.began().nanos());
    return !byClock.isNegative()
        && byClock.compareTo(one.expiresAfter()) <= 0
        && unset.compareTo(one.expiresAfter()) <= 0;
  }

  private Answer answer(Role role, Key key) {
    Seen one = Objects.requireNonNull(seen.get(key));
    Optional<String> against =
        one.role().equals(Optional.of(Role.PRIMARY)) ? against(key, one) : Optional.empty();
    return new Answer(
        one.role().equals(Optional.of(role)) && against.isEmpty(),
        String.format(
            "%s of %s %s%s, observed %d s ago",
            key.member(),
            key.cluster(),
            one.words(),
            against.map(why -> ", and " + why).orElse(""),
            Duration.between(one.began().at(), clock.instant()).toSeconds()));
  }

  /** Another member that claims its place, as far as this worker watches it. */
  private Optional<String> against(Key key, Seen one) {
    for (Map.Entry<Key, Seen> entry : seen.entrySet()) {
      Key other = entry.getKey();
      if (!other.cluster().equals(key.cluster()) || other.equals(key)) {
        continue;
      }
      if (entry.getValue().role().equals(Optional.of(Role.PRIMARY))) {
        return Optional.of("so does " + other.member());
      }
      Optional<String> another = entry.getValue().another(key.member(), one.epoch());
      if (another.isPresent()) {
        return Optional.of("the host of " + other.member() + " names " + another.get());
      }
    }
    return Optional.empty();
  }
}
