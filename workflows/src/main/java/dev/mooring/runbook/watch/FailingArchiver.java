package dev.mooring.runbook.watch;

import dev.mooring.port.Call;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.publish.StuckArchiver;
import dev.mooring.runbook.publish.StuckArchiver.Marked;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * The archiver of the primary, while a watch sees it fail: again and again the file that it fails
 * at is marked as archived, if its archive has it. What a rewind brought may come to it hours after
 * the promotion.
 */
final class FailingArchiver {
  private final Cluster cluster;
  private final Call call;
  private final Backoff backoff = new Backoff();
  private Optional<Instance> failing = Optional.empty();

  FailingArchiver(Cluster cluster, Call call) {
    this.cluster = cluster;
    this.call = call;
  }

  /** Takes what is steady now. Of two that accept writes none is touched. */
  void saw(List<SiteState> sites) {
    MemberSigns signs = new MemberSigns(cluster, sites);
    List<Instance> writers = signs.writers();
    failing =
        writers.stream()
            .filter(one -> writers.size() == 1)
            .filter(
                one ->
                    signs
                        .value(Kind.ARCHIVER, one)
                        .filter(state -> !state.equals(Sign.ARCHIVES))
                        .isPresent())
            .findFirst();
  }

  boolean isDue() {
    return failing.isPresent() && !backoff.waits();
  }

  /** Does it for one file, and says so. */
  String free() {
    Instance primary = failing.orElseThrow();
    Optional<Marked> marked = Optional.empty();
    try {
      marked = new StuckArchiver(cluster).mark(call, primary);
    } finally {
      backoff.begin(marked.filter(Marked::isDone).isPresent());
    }
    return marked
        .map(Marked::inWords)
        .orElse("the archiver of " + primary.id() + " fails at no file that is known");
  }
}
