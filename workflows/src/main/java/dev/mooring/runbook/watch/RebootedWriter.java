package dev.mooring.runbook.watch;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * The primary that stays down after its host started again.
 *
 * @param boot of the host
 */
record RebootedWriter(Instance instance, String boot) {

  /**
   * The one by the steady signs of all sites; empty if there is none, or a member or its host is
   * not known, is silent, accepts writes, or shows that a primary runs. Empty too if an instance of
   * a DR site may have been opened: a person decides then which of the two goes on.
   */
  static Optional<RebootedWriter> of(Cluster cluster, List<SiteState> sites) {
    MemberSigns signs = new MemberSigns(cluster, sites);
    List<RebootedWriter> all =
        cluster.members().stream()
            .flatMap(
                member ->
                    signs.value(Kind.NEW_BOOT, member).stream()
                        .map(boot -> new RebootedWriter(member, boot)))
            .toList();
    return signs.allHostsAnswer()
            && signs.isNoDrSiteOpened()
            && signs.isPrimaryDown()
            && all.size() == 1
            && all.get(0).isDown(signs)
        ? Optional.of(all.get(0))
        : Optional.empty();
  }

  private boolean isDown(MemberSigns signs) {
    return signs.having(Kind.PROCESS, Sign.NONE).contains(instance)
        && signs.having(Kind.AUTHORITY, instance.id().value()).contains(instance);
  }
}
