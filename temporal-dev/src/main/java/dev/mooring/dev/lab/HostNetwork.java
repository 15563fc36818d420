package dev.mooring.dev.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The network of one host of a lab, in which packets are lost on purpose: by rules of nftables in
 * the host's own network namespace, which end with it. Open connections stay open, like those over
 * a cable that was pulled out. Packets that come late, and out of order, come over a {@link
 * SlowLink}.
 */
public final class HostNetwork {
  private static final String TABLE = "mooring_lab";

  private final HostSpace space;
  private final Isolation isolation;
  private final String controlPlane;
  private final SlowLink link;

  HostNetwork(LabRecord record, HostSpace space, LabHost host) {
    this.space = space;
    this.isolation = record.machine().isolation();
    this.controlPlane = Bridge.address(record.layout().network());
    this.link = new SlowLink(space, host);
  }

  /** Which way packets go that are lost, seen from the host. */
  public enum Way {
    IN("in", "tcp dport"),
    OUT("out", "tcp sport");

    private final String chain;
    private final String port;

    Way(String chain, String port) {
      this.chain = chain;
      this.port = port;
    }
  }

  /** Loses every packet to, or from, that port. */
  public void drop(Way way, int port) {
    rules("add rule inet %s %s %s %d drop".formatted(TABLE, way.chain, way.port, port));
  }

  /** Loses whatever comes from, or goes to, the machine that worker and load run on. */
  public void cutFromControlPlane() {
    rules(
        "add rule inet %s in ip saddr %s drop".formatted(TABLE, controlPlane),
        "add rule inet %s out ip daddr %s drop".formatted(TABLE, controlPlane));
  }

  /** Loses whatever comes from, or goes to, another host. */
  public void cutFrom(LabHost other) {
    rules(
        "add rule inet %s in ip saddr %s drop".formatted(TABLE, other.address()),
        "add rule inet %s out ip daddr %s drop".formatted(TABLE, other.address()));
  }

  /** Loses whatever comes from, or goes to, anywhere but the host itself. */
  public void cutFromAll() {
    rules(
        "add rule inet %s in iifname != \"lo\" drop".formatted(TABLE),
        "add rule inet %s out oifname != \"lo\" drop".formatted(TABLE));
  }

  /** Loses whatever comes in, or whatever goes out, and nothing the other way. */
  public void cutOneWay(Way way) {
    rules(
        "add rule inet %s %s %s != \"lo\" drop"
            .formatted(TABLE, way.chain, way == Way.IN ? "iifname" : "oifname"));
  }

  /**
   * Loses this percentage of packets, at random, both ways. A packet from another host is lost on
   * arrival alone, so that between two hosts with losses no more are lost.
   */
  public void lose(int percent) {
    rules(
        "add rule inet %s in iifname != \"lo\" numgen random mod 100 < %d drop"
            .formatted(TABLE, percent),
        "add rule inet %s out ip daddr %s numgen random mod 100 < %d drop"
            .formatted(TABLE, controlPlane, percent));
  }

  /**
   * Delays every packet by this time each way, some of them by so much more or less that they
   * overtake others.
   */
  public void delay(Duration delay, Duration atMostBy) {
    requireNetwork();
    link.raise(delay, atMostBy);
  }

  /** Loses nothing any more, and nothing is late. */
  public void mend() {
    requireNetwork();
    link.strike();
    nft("add table inet " + TABLE + "\ndelete table inet " + TABLE + "\n");
  }

  private void rules(String... rules) {
    nft(
        """
        add table inet %1$s
        add chain inet %1$s in { type filter hook input priority 0; }
        add chain inet %1$s out { type filter hook output priority 0; }
        """
                .formatted(TABLE)
            + String.join("\n", rules)
            + "\n");
  }

  /** Applies all of a text or nothing of it. */
  private void nft(String text) {
    requireNetwork();
    Command.run(Path.of("/"), space.inNetwork(List.of(program(), text)), Map.of());
  }

  private void requireNetwork() {
    if (isolation != Isolation.NETWORK) {
      throw new LabFailure(
          "the hosts of this lab have no network of their own\nHINT: run as root, with %s=network."
              .formatted(Isolation.VARIABLE));
    }
  }

  private static String program() {
    return Stream.of("/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/bin/nft")
        .filter(program -> Files.isExecutable(Path.of(program)))
        .findFirst()
        .orElseThrow(() -> new LabFailure("no program nft\nHINT: install nftables."));
  }
}
