package dev.mooring.activities.host;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Host;
import java.util.List;

/**
 * What a mutating call shows a host: (epoch, ordinal, attempt), compared in that order with the
 * highest one that acted there on the same content, under the host's lock.
 *
 * @param call whose act it is
 * @param ordinal the step's place; an undo comes after every step, and undoes run backwards
 * @param attempt the attempt's number, among all acts of its step
 */
public record Token(Call call, long ordinal, long attempt) {
  private static final long AFTER_EVERY_STEP = 2_000_000;
  private static final long ATTEMPTS_OF_AN_ACT = 100_000;
  private static final int LOCK_SECONDS = 20;

  public Token {
    if (call.epoch().equals(Epoch.NONE)) {
      throw new IllegalArgumentException(
          "step " + call.step() + " changes a host and was given no epoch");
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

  /** Lets a script take the host's lock, be compared for every content, and be recorded. */
  public Script claim(Script script, Host host, List<ContentId> contents) {
    compare(script, host, contents);
    contents.forEach(content -> script.call("record", arguments(content)));
    return script.call("recorded", List.of());
  }

  /**
   * Lets a script take the host's lock and be compared for every content; recording it is left to
   * what the script calls then, which changes the authority file anyway.
   */
  public Script compare(Script script, Host host, List<ContentId> contents) {
    return compare(script, host, contents, LOCK_SECONDS);
  }

  /** The same, for an act that comes too late after so many seconds of waiting for the lock. */
  public Script compare(Script script, Host host, List<ContentId> contents, int lockSeconds) {
    inCluster(script, call, host).call("lock", List.of(String.valueOf(lockSeconds)));
    contents.forEach(content -> script.call("compare", arguments(content)));
    return script;
  }

  /** Lets a script know its cluster's directory on the host, and read its authority files. */
  public static Script inCluster(Script script, Call call, Host host) {
    return script
        .with(Token.class, "authority.sh")
        .call("of_cluster", List.of(call.cluster().value(), directory(call, host)));
  }

  /** Mooring's directory for the call's cluster on that host. */
  public static String directory(Call call, Host host) {
    return host.directory() + "/" + call.cluster();
  }

  /** The words of {@code compare} and {@code record}: content, epoch, ordinal, attempt, run. */
  public List<String> arguments(ContentId content) {
    return List.of(
        content.toString(),
        call.epoch().toString(),
        String.valueOf(ordinal),
        String.valueOf(attempt),
        call.run());
  }
}
