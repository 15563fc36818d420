package dev.mooring.activities.witness;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.PortTry;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Spaced;
import dev.mooring.port.ConnectionActivities.ConnectionTried;
import dev.mooring.port.ConnectionActivities.Seen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.WitnessActivities;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.Instance;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks hosts over SSH, after a check whether anything answers at their SSH port. */
public final class HostWitnessActivities implements WitnessActivities, AutoCloseable {
  private static final Duration APART = Duration.ofSeconds(1);
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /** An attempt takes two seconds at most, one for pg_isready and one for the port. */
  private static final Duration PER_KNOCK = Duration.ofSeconds(3);

  private final HostShell shell;

  /** A session to a frozen host is waited for longer than an observation may take. */
  private final ExecutorService beside =
      Executors.newCachedThreadPool(DaemonThreads.named("witness"));

  /** Over that shell. */
  public HostWitnessActivities(HostShell shell) {
    this.shell = shell;
  }

  @Override
  public HostAsked observeOnHost(AskHost request) {
    return new HostAsked(Spaced.looks(request.times(), APART, () -> asked(request.on())));
  }

  private Answer asked(HostWork on) {
    return unreachable(on.host()).orElseGet(() -> script(on));
  }

  /** The result of a connection to its SSH port; empty if something took the connection. */
  private static Optional<Answer> unreachable(Host host) {
    if (host.access().kind() == HostAccess.Kind.LOCAL) {
      return Optional.empty();
    }
    PortTry port = PortTry.at(host.access().address(), host.access().port(), CONNECT);
    String words = "SSH: " + port.words();
    return switch (port.came()) {
      case TAKEN -> Optional.empty();
      case REFUSED, BROKEN -> Optional.of(new Answer(OnHost.NO_LOGIN, words));
      case SILENT -> Optional.of(new Answer(OnHost.SILENT, words));
      case NO_ADDRESS -> Optional.of(new Answer(OnHost.NOT_ASKED, words));
      case NO_ROUTE -> Optional.of(new Answer(OnHost.NO_ROUTE, words));
    };
  }

  private Answer script(HostWork on) {
    Instance instance = OfInstance.only(on);
    Script script =
        OfInstance.parts(Script.of("witness", HostWitnessActivities.class, List.of("witness.sh")));
    OfInstance.call(script, instance, "witness", List.of(instance.dataDirectory()));
    Future<Answer> answer =
        beside.submit(
            () ->
                shell.run(on.host(), script, ANSWER).readOnly(instance, (of, said) -> read(said)));
    try {
      return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      answer.cancel(true);
      return new Answer(
          OnHost.NO_LOGIN,
          "SSH: the port is open, and no answer came in " + ANSWER.toMillis() + " ms");
    } catch (ExecutionException failed) {
      return ofFailure(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker stopped while a host was asked", stopped);
    }
  }

  private static Answer read(Said said) {
    OnHost seen = said.one("seen", OnHost.class);
    return new Answer(seen, "its host says of its server that it is " + seen);
  }

  private static Answer ofFailure(ExecutionException failed) {
    if (!(failed.getCause() instanceof ApplicationFailure failure)) {
      throw new IllegalStateException("a host could not be asked", failed);
    }
    String said = failure.getOriginalMessage().lines().findFirst().orElse("");
    boolean unreadable = FailureCode.STATE_UNREADABLE.name().equals(failure.getType());
    return new Answer(unreadable ? OnHost.UNREADABLE : OnHost.NO_LOGIN, said);
  }

  @Override
  public ConnectionTried observeFromHost(TryFromHost request) {
    HostWork on = request.on();
    Instance instance = OfInstance.only(on);
    Script script =
        OfInstance.parts(
            Script.of("tryConnection", HostWitnessActivities.class, List.of("witness.sh")));
    OfInstance.call(
        script,
        instance,
        "connect_at",
        List.of(
            instance.manager().binDirectory(),
            request.address(),
            String.valueOf(request.port()),
            String.valueOf(request.times())));
    return shell.only(
        on,
        script,
        PER_KNOCK.multipliedBy(request.times() + 1L),
        (of, said) -> attempts(said, request.times()));
  }

  private static ConnectionTried attempts(Said said, int times) {
    List<Seen> seen = new ArrayList<>();
    for (int number = 1; number <= times; number++) {
      String line = said.text("attempt_" + number).strip();
      int space = line.indexOf(' ');
      seen.add(
          new Seen(
              Database.valueOf(space < 0 ? line : line.substring(0, space)),
              space < 0 ? "" : line.substring(space + 1)));
    }
    return new ConnectionTried(
        seen, said.optional("machine").map(String::strip).orElse(ConnectionTried.NO_MACHINE));
  }

  @Override
  public void close() {
    beside.shutdownNow();
  }
}
