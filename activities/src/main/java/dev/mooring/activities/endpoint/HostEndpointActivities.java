package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.Token;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Endpoints reached through scripts on their hosts, all of a call at once. */
public final class HostEndpointActivities implements EndpointActivities {
  /** In an emergency no run waits for an endpoint. */
  private static final Duration SILENT_AFTER = Duration.ofSeconds(3);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Attempt attempt;
  private final Secrets secrets;

  /**
   * @param environment where secret references of the form {@code env:NAME} are looked up
   */
  public HostEndpointActivities(
      HostShell shell,
      HostDeadlines deadlines,
      Attempt attempt,
      Function<String, Optional<String>> environment) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.attempt = attempt;
    this.secrets = new Secrets(environment);
  }

  @Override
  public EndpointsObserved observeEndpoints(AboutEndpoints about) {
    Answers<EndpointSeen> answers =
        Answers.of(
            about.endpoints(), endpoint -> front(endpoint, about, Optional.empty()).observe());
    return new EndpointsObserved(answers.values(), answers.failures());
  }

  @Override
  public EndpointsSet ensurePrepared(RouteEndpoints request) {
    return set(request.about(), step(request), front -> front.prepare(primary(request)));
  }

  @Override
  public EndpointsSet revertPrepared(RouteEndpoints request) {
    return set(request.about(), undo(request), EndpointAdapter::revertPrepared);
  }

  @Override
  public EndpointsPaused ensurePaused(PauseEndpoints request) {
    AboutEndpoints about = request.about();
    Token token = step(request);
    Answers<Paused> answers =
        Answers.of(
            about.endpoints().stream().filter(e -> e instanceof Endpoint.PgBouncer).toList(),
            endpoint ->
                new Paused(
                    endpoint.name(),
                    front(endpoint, about, Optional.of(token))
                        .pause(request.within(), request.budget())
                        .orElseThrow()));
    return new EndpointsPaused(answers.values(), answers.failures());
  }

  @Override
  public EndpointsSet revertPaused(PauseEndpoints request) {
    return set(request.about(), undo(request), EndpointAdapter::resume);
  }

  @Override
  public EndpointsCut ensureCutOff(CutOffEndpoints request) {
    AboutEndpoints about = request.about();
    Token token = step(request);
    Server old = new Members(about.members()).of(request.old());
    Answers<List<Cut>> answers =
        Answers.of(
            about.endpoints(),
            endpoint ->
                front(endpoint, about, Optional.of(token), SILENT_AFTER)
                    .cutOff(old, request.heldAtMost())
                    .map(sessions -> List.of(new Cut(endpoint.name(), sessions)))
                    .orElse(List.of()));
    return new EndpointsCut(
        answers.values().stream().flatMap(List::stream).toList(), answers.failures());
  }

  @Override
  public EndpointsSet revertCutOff(CutOffEndpoints request) {
    return set(request.about(), undo(request), SILENT_AFTER, EndpointAdapter::revertCutOff);
  }

  @Override
  public EndpointsSet ensureRouted(RouteEndpoints request) {
    return pointed(request, EndpointAdapter::route);
  }

  @Override
  public EndpointsSet ensurePointed(RouteEndpoints request) {
    return pointed(request, EndpointAdapter::point);
  }

  private EndpointsSet pointed(
      RouteEndpoints request, BiFunction<EndpointAdapter, Server, List<String>> act) {
    Token token = step(request);
    Answers<EndpointsSet> answers =
        Answers.of(
            request.about().endpoints(),
            endpoint ->
                new EndpointsSet(
                    List.of(endpoint.name()),
                    List.of(),
                    act
                        .apply(
                            front(endpoint, request.about(), Optional.of(token)), primary(request))
                        .stream()
                        .map(s -> new EndpointFailure(endpoint.name(), FailureCode.HOST_SILENT, s))
                        .toList()));
    return new EndpointsSet(
        answers.values().stream().flatMap(done -> done.set().stream()).toList(),
        answers.failures(),
        answers.values().stream().flatMap(done -> done.unseen().stream()).toList());
  }

  private EndpointsSet set(AboutEndpoints about, Token token, Consumer<EndpointAdapter> act) {
    return set(about, token, deadlines.act(), act);
  }

  private EndpointsSet set(
      AboutEndpoints about, Token token, Duration deadline, Consumer<EndpointAdapter> act) {
    Answers<String> answers =
        Answers.of(
            about.endpoints(),
            endpoint -> {
              act.accept(front(endpoint, about, Optional.of(token), deadline));
              return endpoint.name();
            });
    return new EndpointsSet(answers.values(), answers.failures());
  }

  private Token step(ForCall request) {
    return Token.of(request.call(), attempt);
  }

  private Token undo(ForCall request) {
    return Token.ofUndo(request.call(), attempt);
  }

  private static Server primary(RouteEndpoints request) {
    return new Members(request.about().members()).of(request.primary());
  }

  private EndpointAdapter front(Endpoint endpoint, AboutEndpoints about, Optional<Token> token) {
    return front(endpoint, about, token, deadlines.act());
  }

  private EndpointAdapter front(
      Endpoint endpoint, AboutEndpoints about, Optional<Token> token, Duration deadline) {
    Members members = new Members(about.members());
    Function<HostName, EndpointHost> host = name -> host(endpoint, name, about, token, deadline);
    if (endpoint instanceof Endpoint.PgBouncer pooler) {
      return new PgBouncerAdapter(pooler, host.apply(pooler.host()), members, secrets);
    }
    if (endpoint instanceof Endpoint.HaProxy balancer) {
      return new HaproxyAdapter(balancer, host.apply(balancer.host()), members);
    }
    if (endpoint instanceof Endpoint.VirtualIp address) {
      return new VirtualAddressAdapter(address, host, members);
    }
    if (endpoint instanceof Endpoint.Command command) {
      return new CommandAdapter(command, host.apply(command.host()), members);
    }
    throw new IllegalStateException("endpoint " + endpoint.name() + " is of no kind");
  }

  private EndpointHost host(
      Endpoint endpoint,
      HostName name,
      AboutEndpoints about,
      Optional<Token> token,
      Duration deadline) {
    Host host =
        about.hosts().stream()
            .filter(h -> h.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new InstanceRefusal(
                        FailureCode.BAD_INPUT,
                        "endpoint "
                            + endpoint.name()
                            + " is on "
                            + name
                            + ", which was not named"));
    return new EndpointHost(shell, deadline, about.call(), token, host, endpoint.name());
  }
}
