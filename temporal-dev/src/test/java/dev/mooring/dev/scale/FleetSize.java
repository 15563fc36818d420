package dev.mooring.dev.scale;

/**
 * How large a fleet is.
 *
 * @param contents how many instances each of its two sites has
 * @param hosts how many hosts each site has
 */
record FleetSize(int contents, int hosts) {
  private static final int PER_HOST = 16;

  /** With as many hosts as sixteen instances on each need: 64 for a thousand. */
  static FleetSize of(int contents) {
    return new FleetSize(contents, contents >= 1000 ? 64 : (contents + PER_HOST - 1) / PER_HOST);
  }

  @Override
  public String toString() {
    return contents + " instances on " + hosts + " hosts per site";
  }

  int hostOf(int content) {
    return (int) ((long) content * hosts / contents);
  }

  /** The address of a host of production, or of its copy. */
  static String address(Side side, int host) {
    return "127." + (side == Side.EAST ? 41 : 42) + ".0." + (host + 1);
  }

  /** No two of a host have the same. */
  static int port(int content) {
    return 15_432 + content % 1000;
  }

  /** The two sites. */
  enum Side {
    EAST,
    WEST;

    String site() {
      return this == EAST ? "east" : "west";
    }
  }
}
