package dev.mooring.activities.jdbc;

import java.time.Duration;

/**
 * For how long a connection to a silent server is tried. Silence may only be lost packets, so it is
 * tried again with a new connection; after any answer of a server or its host there is no second
 * attempt.
 *
 * <p>TCP sends a lost packet again after a second, then after twice as long each time: with 30
 * packets of a hundred lost each way about one connection in eight is not open after three seconds,
 * and less than one in a thousand after twelve. A login of three round trips tolerates a delay of
 * two seconds there and back.
 *
 * @param connect how long opening a connection may take, in whole seconds
 * @param login how long one attempt, the login included, may take when no more time is left
 * @param longest how long one attempt may take while more is left
 * @param inAll after that no further attempt begins
 */
record Patience(Duration connect, Duration login, Duration longest, Duration inAll) {
  /** One attempt: the caller does not wait longer. */
  static final Patience ONE_TRY = ofUsual(Duration.ofSeconds(3));

  private static final Duration AT_MOST = Duration.ofSeconds(12);

  /** How long the last attempt takes if opening its connection takes all the time. */
  private static final Duration LAST_LOGIN = Duration.ofSeconds(3);

  /** What the activity's attempt needs beside: a kept session's probe, a statement, its answer. */
  private static final Duration BESIDE =
      LAST_LOGIN
          .plus(ServerConnections.PROBE)
          .plus(ServerConnections.STATEMENT)
          .plus(ServerConnections.NETWORK_SLACK);

  private static Patience ofUsual(Duration inAll) {
    return new Patience(
        Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(10), inAll);
  }

  /** As much as the activity's attempt leaves, 15 s at most, one try to connect at least. */
  static Patience within(Duration attempt) {
    Duration left = attempt.minus(BESIDE);
    Duration most = left.compareTo(AT_MOST) < 0 ? left : AT_MOST;
    return most.compareTo(ONE_TRY.inAll) < 0 ? ONE_TRY : ofUsual(most);
  }

  /** How long an attempt may take, with this much time left in all. */
  Duration tryWithin(Duration left) {
    Duration most = left.compareTo(longest) < 0 ? left : longest;
    return most.compareTo(login) < 0 ? login : most;
  }
}
