package dev.mooring.activities.jdbc;

import java.time.Duration;

/**
 * For how long a connection to a silent server is tried. What may only be lost packets is tried
 * again with a new connection; any answer of a server or its host is an answer, and there is no
 * second try.
 *
 * <p>TCP sends what was lost again after a second, then after twice as long each time: of 30
 * packets of a hundred lost each way about one connection in eight is not open after three seconds,
 * and in twelve less than one in a thousand is not. A login of three round trips bears a delay of
 * two seconds there and back.
 *
 * @param connect what opening a connection may take, in whole seconds
 * @param login what one try, the login included, may take when there is no more time
 * @param longest what one try may take while there is
 * @param inAll after that no further try begins
 */
record Patience(Duration connect, Duration login, Duration longest, Duration inAll) {
  /** One try: the caller does not wait longer. */
  static final Patience ONE_TRY = ofUsual(Duration.ofSeconds(3));

  private static final Duration AT_MOST = Duration.ofSeconds(12);

  /** What the last try takes when opening its connection takes all there is. */
  private static final Duration LAST_LOGIN = Duration.ofSeconds(3);

  /** What an attempt needs beside: the probe of a kept session, a statement and its answer. */
  private static final Duration BESIDE =
      LAST_LOGIN
          .plus(ServerConnections.PROBE)
          .plus(ServerConnections.STATEMENT)
          .plus(ServerConnections.NETWORK_SLACK);

  private static Patience ofUsual(Duration inAll) {
    return new Patience(
        Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(10), inAll);
  }

  /** As much as an attempt leaves that may take so long, 15 s at most, one try at least. */
  static Patience within(Duration attempt) {
    Duration left = attempt.minus(BESIDE);
    Duration most = left.compareTo(AT_MOST) < 0 ? left : AT_MOST;
    return most.compareTo(ONE_TRY.inAll) < 0 ? ONE_TRY : ofUsual(most);
  }

  /** What a try may take, with so much left of all. */
  Duration tryWithin(Duration left) {
    Duration most = left.compareTo(longest) < 0 ? left : longest;
    return most.compareTo(login) < 0 ? login : most;
  }
}
