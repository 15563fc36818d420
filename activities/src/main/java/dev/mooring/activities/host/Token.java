package dev.mooring.activities.host;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;

/**
 * The token that a changing call sends a host, under the host's lock: its epoch is compared with
 * the highest that acted there on the same content, and (ordinal, attempt) with the last act of the
 * same run on the same instance. Members that share a host don't block each other.
 *
 * @param call the call of the act
 * @param ordinal the step's place; an undo comes after every step, and undoes run backwards
 * @param attempt the attempt's number, among all acts of its step
 */
public record Token(Call call, long ordinal, long attempt) {
  /** How far clocks may be apart; a run takes the time, or one more than the highest epoch. */
  private static final Duration A_YEAR = Duration.ofDays(366);

  private static final long AFTER_EVERY_STEP = 2_000_000;
  private static final long ATTEMPTS_OF_AN_ACT = 100_000;
  private static final int LOCK_SECONDS = 20;
  private static final ContentId ALONE = new ContentId(0);

  public Token {
    if (call.epoch().equals(Epoch.NONE)) {
      throw new IllegalArgumentException(
          "step " + call.step() + " changes a host and was given no epoch");
    }
    long limit = System.currentTimeMillis() + A_YEAR.toMillis();
    if (call.epoch().value() > limit) {
      throw new IllegalArgumentException(
          String.format(
              "epoch %s of step %s is over a year ahead of this worker's clock: an epoch is a time"
                  + " in milliseconds, at most %d, and a host that recorded a higher one would"
                  + " refuse each later run",
              call.epoch(), call.step(), limit));
    }
  }

  /** The token of a step. */
  public static Token of(Call call, Attempt attempt) {
    return new Token(call, call.ordinal(), counted(call, attempt));
  }

  /** The token of a step's undo. */
  public static Token ofUndo(Call call, Attempt attempt) {
    return new Token(call, AFTER_EVERY_STEP - call.ordinal(), counted(call, attempt));
  }

  /** Each act of a step comes after every attempt of the acts before it. */
  private static long counted(Call call, Attempt attempt) {
    return call.act() * ATTEMPTS_OF_AN_ACT + attempt.number();
  }

  /** Makes a script take the host's lock, compare the token for every instance, and record it. */
  public Script claim(Script script, HostWork on) {
    compare(script, on);
    on.instances().forEach(instance -> script.call("record", arguments(instance)));
    return script.call("recorded", List.of());
  }

  /** The same for what is no instance, and has Mooring's directory of that host for itself. */
  public Script claim(Script script, Host host, String name) {
    List<String> arguments = arguments(ALONE, name);
    return locked(script, host, LOCK_SECONDS)
        .call("compare", arguments)
        .call("record", arguments)
        .call("recorded", List.of());
  }

  /**
   * Makes a script take the host's lock and compare the token for every instance; the call after it
   * records the token, since it changes the authority file anyway.
   */
  public Script compare(Script script, HostWork on) {
    return compare(script, on, LOCK_SECONDS);
  }

  /** The same, for an act that comes too late after so many seconds of waiting for the lock. */
  public Script compare(Script script, HostWork on, int lockSeconds) {
    locked(script, on.host(), lockSeconds);
    on.instances().forEach(instance -> script.call("compare", arguments(instance)));
    return script;
  }

  private Script locked(Script script, Host host, int lockSeconds) {
    return inCluster(script, call, host).call("lock", List.of(String.valueOf(lockSeconds)));
  }

  /** Adds to a script its cluster's directory on the host, and the reading of authority files. */
  public static Script inCluster(Script script, Call call, Host host) {
    return script
        .with(Token.class, "authority.sh")
        .call("of_cluster", List.of(call.cluster().value(), directory(call, host)));
  }

  /** Mooring's directory for the call's cluster on that host. */
  public static String directory(Call call, Host host) {
    return host.directory() + "/" + call.cluster();
  }

  /** The arguments of {@code compare} and {@code record}, and of acts on the right to write. */
  public List<String> arguments(Instance instance) {
    return arguments(instance.content(), instance.id().value());
  }

  private List<String> arguments(ContentId content, String name) {
    return List.of(
        content.toString(),
        call.epoch().toString(),
        String.valueOf(ordinal),
        String.valueOf(attempt),
        call.run(),
        name);
  }
}
