package dev.mooring.runbook.failover;

import dev.mooring.port.CommitsWait;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.postgres.TimelineId;
import dev.mooring.quoting.StandbyList;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.Relaxation;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.List;
import java.util.Optional;

/**
 * The standbys that commits of the primary waited for before it was gone: as the primary reports if
 * it answers, else as the configuration on its host says, else as the cluster file says. With a
 * record on any member's host that they may have waited for none, the loss is unknown.
 *
 * @param set the standbys, and how many of them had to confirm
 * @param confirming application names that pg_stat_replication showed as {@code sync}, in lower
 *     case
 * @param source where that was read, as the end of a sentence
 * @param doubt why another set is possible; empty if none is
 * @param relaxed why commits may have waited for no standby at all; empty if nothing says so
 * @param past whether the primary may have gone on since, so that another standby may have become
 *     {@code sync}
 */
record LastSynchronousStandbys(
    SynchronousStandbyNames set,
    List<String> confirming,
    String source,
    String doubt,
    String relaxed,
    boolean past) {
  private static final String BY_ITSELF = "as it says itself";
  private static final String BY_ITS_HOST = "as its host's configuration has it";
  private static final String BY_THE_FILE = "as the cluster file has it";

  LastSynchronousStandbys {
    confirming = List.copyOf(confirming);
  }

  /** As it was observed a moment ago. */
  LastSynchronousStandbys(
      SynchronousStandbyNames set, List<String> confirming, String source, String doubt) {
    this(set, confirming, source, doubt, "", false);
  }

  /** Whether commits waited for a standby, as far as that is known. */
  enum Waits {
    /** Commits waited for no standby. */
    NOBODY("commits waited for no standby", "for no standby"),
    /** Every commit waited for this standby. */
    SURELY("commits waited for it", "for it"),
    /** Every commit waited for some standbys of a quorum that includes this one. */
    QUORUM("commits waited for some of a quorum that it is one of", "for a quorum with it"),
    /**
     * Every commit waited for the streaming standbys, and only the primary knew which ones
     * streamed.
     */
    ANYBODY("commits waited for any standby that streamed", "for any standby"),
    /** The standby is in the FIRST list, and commits may have waited for others of the list. */
    POTENTIAL(
        "it has a place in FIRST n; whether commits waited for it only the primary knew",
        "perhaps for it"),
    /** No commit waited for this standby. */
    NOT("commits did not wait for it", "not for it");

    private final String words;

    private final String inShort;

    Waits(String words, String inShort) {
      this.words = words;
      this.inShort = inShort;
    }

    /** Continues a sentence that begins with "commits waited". */
    String inShort() {
      return inShort;
    }

    String words() {
      return words;
    }
  }

  /**
   * @param wrote a timeline that the primary wrote; a record of an older one is over
   */
  static LastSynchronousStandbys of(
      Cluster cluster, Instance old, ObservedMembers all, TimelineId wrote) {
    Optional<LastSynchronousStandbys> itself =
        all.member(old)
            .filter(seen -> !seen.standing().inRecovery())
            .map(LastSynchronousStandbys::asItSays)
            .map(says -> all.role(old).isEmpty() ? says.relaxed(unread(cluster, old, all)) : says);
    LastSynchronousStandbys read =
        itself.or(() -> onItsHost(old, all)).orElseGet(() -> inTheFile(cluster, old, all));
    return Relaxation.of(old.id(), wrote, all.hosts().roles())
        .map(
            record ->
                String.format(
                    "by the record of epoch %d commits may wait for no standby", record.epoch()))
        .map(read::relaxed)
        .orElse(read);
  }

  private LastSynchronousStandbys relaxed(String why) {
    return new LastSynchronousStandbys(set, confirming, source, doubt, why, past);
  }

  private static LastSynchronousStandbys asItSays(MemberObserved primary) {
    return new LastSynchronousStandbys(
        set(
            primary.setting("synchronous_standby_names").orElse(""),
            primary.setting("synchronous_commit").orElse("")),
        primary.senders().stream()
            .filter(sender -> sender.sync().equals("sync"))
            .map(Sender::application)
            .map(StandbyList::folded)
            .toList(),
        BY_ITSELF,
        "");
  }

  private static Optional<LastSynchronousStandbys> onItsHost(Instance old, ObservedMembers all) {
    return all.role(old).stream()
        .flatMap(role -> role.start().waits().stream())
        .map(LastSynchronousStandbys::configured)
        .findFirst();
  }

  private static LastSynchronousStandbys configured(CommitsWait waits) {
    SynchronousStandbyNames set = set(waits.names(), waits.commit());
    boolean changed =
        waits.recordedAt() != 0
            && !SynchronousStandbyNames.of(waits.recorded())
                .equals(SynchronousStandbyNames.of(waits.names()));
    return new LastSynchronousStandbys(
        set,
        List.of(),
        BY_ITS_HOST,
        changed
            ? String.format(
                "commits wait for %s by its configuration, and for %s by the record of epoch %d",
                SynchronousStandbyNames.of(waits.names()),
                SynchronousStandbyNames.of(waits.recorded()),
                waits.recordedAt())
            : "");
  }

  private static SynchronousStandbyNames set(String names, String commit) {
    return SynchronousStandbyNames.of(SynchronousCommits.waitForNone(commit) ? "" : names);
  }

  private static LastSynchronousStandbys inTheFile(
      Cluster cluster, Instance old, ObservedMembers all) {
    Synchronous synchronous = cluster.streaming().orElseThrow().replication().synchronous();
    SynchronousStandbyNames set =
        synchronous.number() == 0
            ? SynchronousStandbyNames.of("")
            : new SynchronousStandbyNames(
                synchronous.method().name(),
                synchronous.number(),
                SynchronousSeats.possible(cluster, old).stream()
                    .map(cluster::applicationName)
                    .map(StandbyList::folded)
                    .toList());
    return new LastSynchronousStandbys(set, List.of(), BY_THE_FILE, "")
        .relaxed(unread(cluster, old, all));
  }

  /**
   * Why a record may have been missed. As many hosts have it as standbys had to confirm: enough
   * others include one of them. Under Patroni no run makes one.
   */
  private static String unread(Cluster cluster, Instance old, ObservedMembers all) {
    List<Instance> seats = SynchronousSeats.possible(cluster, old);
    List<String> unread =
        seats.stream()
            .filter(standby -> all.role(standby).isEmpty())
            .map(standby -> standby.id().value())
            .toList();
    int enough =
        enough(
            seats.size(), cluster.streaming().orElseThrow().replication().synchronous().number());
    return DrivenFromOutside.is(cluster)
            || unread.isEmpty()
            || seats.size() - unread.size() >= enough
        ? ""
        : "the host of "
            + String.join(", ", unread)
            + " was not read, and may have recorded that commits wait for no standby";
  }

  /** Compares with an earlier observation: if the set changed meanwhile, that is a doubt. */
  LastSynchronousStandbys after(LastSynchronousStandbys before) {
    String changed =
        set.isTheSameAs(before.set)
            ? before.doubt
            : String.format(
                "commits waited for %s when the plan was made, and for %s right before it was done",
                before.set, set);
    return new LastSynchronousStandbys(
        set,
        confirming,
        source,
        doubt.isEmpty() ? changed : doubt,
        relaxed.isEmpty() ? before.relaxed : relaxed,
        past);
  }

  /** The same, some time later. */
  LastSynchronousStandbys later() {
    return new LastSynchronousStandbys(set, confirming, source, doubt, relaxed, true);
  }

  /** What a claim about commits is based on, as the end of a sentence. */
  String basis() {
    return source.equals(BY_ITSELF) ? source : "if commits waited " + source;
  }

  /**
   * The standbys, and those that Mooring recorded last.
   *
   * @param onItsHost what the primary's host shows, if it was read
   */
  String inWords(Optional<CommitsWait> onItsHost) {
    return set + ", " + source + "; " + onItsHost.map(this::record).orElse("no record was read");
  }

  private String record(CommitsWait waits) {
    if (waits.recordedAt() == 0) {
      return "Mooring recorded none";
    }
    SynchronousStandbyNames recorded = SynchronousStandbyNames.of(waits.recorded());
    return String.format(
        "recorded in epoch %d: %s",
        waits.recordedAt(), recorded.isTheSameAs(set) ? "the same" : recorded);
  }

  /**
   * @param lessThanOthers whether another standby of the set has more WAL
   */
  Waits forOne(String application, boolean lessThanOthers) {
    Waits then = forOne(application);
    return past && lessThanOthers && then == Waits.SURELY && !allMust() ? Waits.POTENTIAL : then;
  }

  Waits forOne(String application) {
    if (set.number() == 0) {
      return Waits.NOBODY;
    }
    if (!set.has(application)) {
      return Waits.NOT;
    }
    if (confirming.contains(StandbyList.folded(application)) || allMust()) {
      return Waits.SURELY;
    }
    if (set.isAnybody()) {
      return Waits.ANYBODY;
    }
    return set.method().equals(Synchronous.Method.ANY.name()) ? Waits.QUORUM : Waits.POTENTIAL;
  }

  private boolean allMust() {
    return !set.isAnybody() && set.names().size() <= set.number();
  }

  /** Of this many standbys at least one confirmed each commit, whichever confirmed it. */
  int enough() {
    return enough(set.names().size(), set.number());
  }

  /** At least one, also if more must confirm than have a name. */
  private static int enough(int names, int number) {
    return Math.max(1, names - number + 1);
  }
}
