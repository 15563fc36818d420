package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/** Looks at the members of one site again and again, from that site's worker. */
@ActivityInterface
public interface WatchActivities {

  /**
   * Looks until the steady signs differ from the last ones, or the time is over. A sign is steady
   * once it was seen at so many looks one after another. It never fails for what a server or a host
   * does: that is a sign.
   */
  Watched awaitChanged(WatchWork request);

  /**
   * What is watched.
   *
   * @param members the servers of the members of that site
   * @param hosts the hosts of the same
   * @param pace how often it looks, and what counts
   * @param atMost how long it is watched
   * @param last the steady signs that were told last; none where none were
   */
  record WatchWork(
      Call call,
      SiteName site,
      DatabaseAccess access,
      List<DatabaseActivities.Server> members,
      List<HostWork> hosts,
      Pace pace,
      Limits limits,
      Duration atMost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Sign> last)
      implements ForCall {
    public WatchWork {
      members = List.copyOf(members);
      hosts = List.copyOf(hosts);
      last = List.copyOf(last);
    }
  }

  /**
   * How looks follow each other.
   *
   * @param every from the beginning of a look to that of the next
   * @param beginAfter looks until something new counts
   * @param endAfter looks until what was wrong counts as over
   */
  record Pace(Duration every, int beginAfter, int endAfter) {}

  /**
   * From when something counts as wrong.
   *
   * @param lagBytes what a standby may have left to confirm
   * @param archiveFiles how many WAL files may wait for the archiver
   * @param receiverSilent how long a receiver may hear nothing of its sender
   */
  record Limits(long lagBytes, int archiveFiles, Duration receiverSilent) {}

  /**
   * What is steady.
   *
   * @param signs in their order
   */
  record Watched(List<Sign> signs) {
    public Watched {
      signs = List.copyOf(signs);
    }
  }
}
