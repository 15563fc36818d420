package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.Upstreams;
import java.time.Instant;
import java.util.List;

/** The standbys to which a watch reacts with a resilver, and the incidents that they are in. */
final class OutdatedStandbys {
  private final MemberSigns signs;
  private final Upstreams upstreams;

  private OutdatedStandbys(MemberSigns signs, Instance writer) {
    this.signs = signs;
    this.upstreams = Upstreams.of(signs.cluster(), writer);
  }

  /**
   * Those by the steady signs of all sites. None unless exactly one member accepts writes, and of
   * each member its role and its host are known; none if an instance of a DR site may have been
   * opened.
   */
  static List<InstanceId> of(Cluster cluster, List<SiteState> sites) {
    MemberSigns signs = new MemberSigns(cluster, sites);
    List<Instance> writers = signs.writers();
    List<Instance> standbys = signs.having(Kind.ROLE, Sign.STANDS_BY);
    boolean known =
        writers.size() + standbys.size() == cluster.members().size()
            && signs.allHostsAnswer()
            && signs.isNoDrSiteOpened();
    if (writers.size() != 1 || !known) {
      return List.of();
    }
    OutdatedStandbys outdated = new OutdatedStandbys(signs, writers.get(0));
    return standbys.stream().filter(outdated::is).map(Instance::id).toList();
  }

  /** A standby that an authority file names may be the primary that was. */
  private boolean is(Instance standby) {
    return (signs.value(Kind.NOT_STREAMING, standby).isPresent() || isSlotLarge(standby))
        && signs.having(Kind.AUTHORITY, standby.id().value()).isEmpty();
  }

  /**
   * The slot of one that applies WAL late keeps what it will request. A slot that lost WAL is no
   * sign: its standby may stream from another member, or replay from the archive.
   */
  private boolean isSlotLarge(Instance standby) {
    return !signs.is(Kind.RECEIVER, standby, Sign.REPLAYS_FIRST)
        && upstreams
            .of(standby)
            .filter(
                up ->
                    signs.cluster().replicationNames(standby).stream()
                        .anyMatch(name -> signs.has(new Sign(Kind.SLOT_LARGE, up.id(), name))))
            .isPresent();
  }

  /**
   * The incidents after those signs; none of an instance that is no member. One is over once the
   * standby streams, or accepts writes. If it fails again within {@link NoticePolicy#AGAIN_AFTER}
   * since its beginning, that is the same incident: what comes and goes is reacted to once in that
   * time.
   *
   * @param outdated the standbys that {@link #of} finds by the same signs
   * @param before the incidents before them
   */
  static List<Incident> incidents(
      Cluster cluster,
      List<SiteState> sites,
      List<InstanceId> outdated,
      List<Incident> before,
      Instant now) {
    MemberSigns signs = new MemberSigns(cluster, sites);
    return Incidents.after(
        Incidents.of(Reaction.RESILVER, before).stream()
            .filter(one -> signs.member(one.instance().value()).isPresent())
            .toList(),
        found(outdated, now),
        one ->
            signs
                .member(one.instance().value())
                .filter(it -> streamsOrWrites(signs, it))
                .isPresent(),
        NoticePolicy.AGAIN_AFTER,
        now);
  }

  /** Their incidents, as if they began now. */
  static List<Incident> found(List<InstanceId> outdated, Instant now) {
    return outdated.stream().map(id -> Incidents.begun(Reaction.RESILVER, id, now)).toList();
  }

  private static boolean streamsOrWrites(MemberSigns signs, Instance member) {
    return signs.value(Kind.RECEIVER, member).filter(Sign.STREAMS::equals).isPresent()
        || signs.value(Kind.ROLE, member).filter(Sign.ACCEPTS_WRITES::equals).isPresent();
  }
}
