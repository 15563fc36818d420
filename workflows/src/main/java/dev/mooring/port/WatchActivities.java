package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/** Reads the members of one site again and again, from that site's worker. */
@ActivityInterface
public interface WatchActivities {

  /**
   * Looks until the steady signs differ from the last ones, or the time is over. A sign is steady
   * once it was seen at so many readings one after another. It never fails for what a server or a
   * host does: that is a sign.
   */
  Watched awaitChanged(WatchWork request);

  /**
   * What is watched.
   *
   * @param watched the members of the site
   * @param pace how often it looks, and what counts
   * @param atMost how long it is watched
   * @param last what was reported last
   */
  record WatchWork(
      Call call, WatchedSite watched, Pace pace, Limits limits, Duration atMost, Reported last)
      implements ForCall {}

  /**
   * The members of one site, and how they are reached.
   *
   * @param members their servers; none at a DR site
   * @param hosts their hosts, and those of a DR site, of which only the processes are read
   * @param standbys the names by which members of all sites stream
   * @param evidence the evidence whose age this site judges; none if an older release asks
   */
  record WatchedSite(
      SiteName site,
      DatabaseAccess access,
      List<DatabaseActivities.Server> members,
      List<HostWork> hosts,
      List<String> standbys,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<EvidenceAges> evidence) {
    public WatchedSite {
      members = List.copyOf(members);
      hosts = List.copyOf(hosts);
      standbys = List.copyOf(standbys);
      evidence = List.copyOf(evidence);
    }
  }

  /**
   * How old evidence may be. It is read once a minute at most.
   *
   * @param evidence where it is kept
   * @param point how old LATEST may be; zero for any age
   * @param proof how old the point may be at which the site was last proved, while a newer one is
   *     READY; zero for any age
   */
  record EvidenceAges(EvidencePolicy evidence, Duration point, Duration proof) {}

  /**
   * What was reported last.
   *
   * @param signs the steady ones; none if none were reported
   * @param pending what was about to count then
   */
  record Reported(
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Sign> signs,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Pending> pending) {
    public Reported {
      signs = List.copyOf(signs);
      pending = List.copyOf(pending);
    }
  }

  /**
   * How looks follow each other.
   *
   * @param every from the beginning of an observation to that of the next
   * @param beginAfter looks until something new counts
   * @param endAfter readings until a fault counts as over
   * @param resilverAfter looks until {@link Sign.Kind#NOT_STREAMING} counts; 0 if it never does
   */
  record Pace(
      Duration every,
      int beginAfter,
      int endAfter,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int resilverAfter) {}

  /**
   * From when something counts as wrong.
   *
   * @param lagBytes what a standby may have left to confirm
   * @param archiveFiles how many WAL files may wait for the archiver
   * @param archiveEverySeconds in which time a WAL file is due in the archive, by the publish
   *     interval; 0, as in the request of an older worker, if an archiver never counts as hanging
   * @param receiverSilent how long a receiver may hear nothing of its sender
   * @param lag how old the last replayed commit of a standby may be that has more to replay
   * @param slotBytes how much WAL a slot may keep; 0 for any
   * @param diskUsed how full a file system of a member may be, in percent; 0 for any
   */
  record Limits(
      long lagBytes,
      int archiveFiles,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long archiveEverySeconds,
      Duration receiverSilent,
      Duration lag,
      long slotBytes,
      int diskUsed) {}

  /**
   * What is steady.
   *
   * @param signs in their order
   * @param pending what is about to count
   * @param ended whether its worker stops: no worker reads from now on
   */
  record Watched(
      List<Sign> signs,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Pending> pending,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean ended) {
    public Watched {
      signs = List.copyOf(signs);
      pending = List.copyOf(pending);
    }
  }

  /**
   * What differs from what counts, and does not count yet.
   *
   * @param sign what was seen last
   * @param gone it is the other way round: the sign counts, and was not seen
   * @param looks at how many readings one after another
   */
  record Pending(
      Sign sign, @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean gone, int looks) {}
}
