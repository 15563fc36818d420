package dev.mooring.activities.patroni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.patroni.PatroniRest.Answer;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Member;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Patroni over its REST API: read, changed, and read until the change holds. */
public final class RestPatroniActivities implements PatroniActivities {

  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** With force Patroni cancels its other work, and answers once that has ended. */
  private static final Duration OTHER_WORK_LEFT = Duration.ofSeconds(20);

  private final Secrets secrets;

  /**
   * @param environment where secret references of the form {@code env:NAME} are looked up
   */
  public RestPatroniActivities(Function<String, Optional<String>> environment) {
    this.secrets = new Secrets(environment);
  }

  @Override
  public PatroniObserved observePatroni(AskPatroni request) {
    return new PatroniLook(request.policy(), rest(request.policy())).whole();
  }

  @Override
  public PatroniMoved ensureSwitchedOver(MovePatroni request) {
    return moved(
        request,
        "/switchover",
        PatroniRest.object()
            .put("leader", member(request.policy(), request.from()).name())
            .put("candidate", member(request.policy(), request.to()).name()));
  }

  @Override
  public PatroniMoved ensureFailedOver(MovePatroni request) {
    return moved(
        request,
        "/failover",
        PatroniRest.object().put("candidate", member(request.policy(), request.to()).name()));
  }

  private PatroniMoved moved(MovePatroni request, String path, ObjectNode body) {
    PatroniRest rest = rest(request.policy());
    PatroniLook look = new PatroniLook(request.policy(), rest);
    PatroniObserved before = look.members();
    Optional<TimelineId> led = timelineOfLeader(before, request.to());
    if (led.isPresent()) {
      return new PatroniMoved(request.to(), led.get(), false);
    }
    List<InstanceId> leaders = before.leaders();
    if (!leaders.isEmpty() && !leaders.equals(List.of(request.from()))) {
      throw refused(
          "%s was to be moved away from %s, and its leader is %s"
              .formatted(request.policy().scope(), request.from(), leaders));
    }
    long end = System.nanoTime() + request.within().toNanos();
    String said = request(request, rest, before, path, body);
    while (System.nanoTime() < end) {
      Optional<TimelineId> now = timelineOfLeader(look.members(), request.to());
      if (now.isPresent()) {
        return new PatroniMoved(request.to(), now.get(), true);
      }
      pause();
    }
    throw HostFailures.of(
        FailureCode.OUTCOME_UNKNOWN,
        "%s is not the leader after %d ms; Patroni said: %s"
            .formatted(request.to(), request.within().toMillis(), said),
        null);
  }

  /** Asks the leader, or else a member that answers; returns its message unless it refused. */
  private static String request(
      MovePatroni request, PatroniRest rest, PatroniObserved before, String path, ObjectNode body) {
    List<InstanceId> answer = before.members().stream().map(MemberSeen::instance).toList();
    if (answer.isEmpty()) {
      PatroniFailure first = before.failures().get(0);
      throw HostFailures.of(first.code(), first.message(), null);
    }
    Member asked =
        member(request.policy(), answer.contains(request.from()) ? request.from() : answer.get(0));
    try {
      Answer said = rest.request(asked, "POST", path, body, request.within());
      if (said.done() || said.status() == PatroniRest.STATUS_UNKNOWN) {
        return Said.shorten(said.text());
      }
      throw refused(
          "%s answered %d: %s"
              .formatted(PatroniRest.where(asked), said.status(), Said.shorten(said.text())));
    } catch (ApplicationFailure lost) {
      if (PatroniRest.code(lost) == FailureCode.OUTCOME_UNKNOWN) {
        return PatroniRest.fact(lost);
      }
      throw lost;
    }
  }

  /** The instance's timeline, if it alone reports itself as the leader. */
  private static Optional<TimelineId> timelineOfLeader(PatroniObserved seen, InstanceId instance) {
    return seen.leaders().equals(List.of(instance))
        ? seen.members().stream()
            .filter(m -> m.instance().equals(instance) && m.state().equals("running"))
            .flatMap(m -> m.timeline().stream())
            .findFirst()
        : Optional.empty();
  }

  @Override
  public PatroniReinitializing ensureReinitializing(AboutMember request) {
    PatroniRest rest = rest(request.policy());
    Member member = member(request.policy(), request.instance());
    MemberSeen before = new PatroniLook(request.policy(), rest).member(member);
    if (before.role() == Role.LEADER) {
      throw refused(request.instance() + " is the leader and is not reinitialized");
    }
    Answer answer = reinitialize(rest, member, false);
    if (!begun(answer) && answer.text().contains("already in progress")) {
      // it is busy with something else, such as starting a server that its fence keeps down
      answer = reinitialize(rest, member, true);
    }
    if (!begun(answer)) {
      throw refused(
          "%s answered %d: %s"
              .formatted(PatroniRest.where(member), answer.status(), Said.shorten(answer.text())));
    }
    return new PatroniReinitializing(request.instance(), before.serverStarted());
  }

  private static Answer reinitialize(PatroniRest rest, Member member, boolean force) {
    return rest.request(
        member,
        "POST",
        "/reinitialize",
        PatroniRest.object().put("force", force),
        force ? OTHER_WORK_LEFT : PatroniLook.ANSWER);
  }

  private static boolean begun(Answer answer) {
    return answer.done() || answer.text().contains("reinitialize already in progress");
  }

  @Override
  public MemberSeen awaitFollowing(AwaitMember request) {
    AboutMember about = request.about();
    PatroniLook look = new PatroniLook(about.policy(), rest(about.policy()));
    long end = System.nanoTime() + request.within().toNanos();
    Optional<MemberSeen> last = Optional.empty();
    do {
      PatroniObserved seen = look.members();
      last = seen.members().stream().filter(m -> m.instance().equals(about.instance())).findFirst();
      if (last.filter(m -> follows(m, seen, request.serverStartedBefore())).isPresent()) {
        return last.get();
      }
      pause();
    } while (System.nanoTime() < end);
    throw HostFailures.of(
        FailureCode.START_FAILED,
        "%s does not follow the leader after %d ms; it is %s"
            .formatted(
                about.instance(),
                request.within().toMillis(),
                last.map(m -> "'" + m.state() + "'").orElse("silent")),
        null);
  }

  private static boolean follows(MemberSeen member, PatroniObserved seen, String startedBefore) {
    boolean runs = member.state().equals("running") || member.state().equals("streaming");
    return runs
        && member.role() == Role.REPLICA
        && !member.serverStarted().equals(startedBefore)
        && seen.members().stream()
            .anyMatch(m -> m.role() == Role.LEADER && m.timeline().equals(member.timeline()));
  }

  private PatroniRest rest(PatroniPolicy policy) {
    return new PatroniRest(policy, secrets);
  }

  private static Member member(PatroniPolicy policy, InstanceId instance) {
    return policy
        .member(instance)
        .orElseThrow(() -> refused(instance + " is no member of " + policy.scope()));
  }

  private static ApplicationFailure refused(String words) {
    return HostFailures.of(FailureCode.PATRONI_REFUSED, words, null);
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HostFailures.of(
          FailureCode.OUTCOME_UNKNOWN, "the worker stopped waiting for Patroni", e);
    }
  }
}
