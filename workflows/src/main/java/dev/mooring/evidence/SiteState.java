package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.List;

/**
 * Where a site was last proved to be moored: it advances once, for all instances, after every one
 * was proved.
 *
 * @param restorePoint the point
 * @param provedAt when, by workflow time
 * @param run the run that proved it
 * @param instances what was proved of each instance
 */
public record SiteState(
    ClusterName cluster,
    SiteName site,
    RestorePointName restorePoint,
    Instant provedAt,
    String run,
    List<ParkedInstance> instances) {
  /** The only format this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  public SiteState {
    instances = List.copyOf(instances);
  }

  /**
   * A parked instance.
   *
   * @param timeline the point's, on which its recovery stopped; its last checkpoint may be of an
   *     ancestor
   * @param controlFile what its control file was when it was proved
   * @param oldestWal the oldest WAL file that its next start replays: its archive floor; empty if
   *     the state was written before this stood in it
   * @param point where the restore point lies, an LSN; empty if the state was written before this
   *     stood in it
   * @param parkMode how it was left standing at the point
   */
  public record ParkedInstance(
      InstanceId instance,
      ContentId content,
      TimelineId timeline,
      ControlFile controlFile,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String oldestWal,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String point,
      @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ParkMode.Unsaid.class)
          @JsonSetter(nulls = Nulls.AS_EMPTY)
          ParkMode parkMode) {

    /** One that is shut down. */
    public ParkedInstance(
        InstanceId instance,
        ContentId content,
        TimelineId timeline,
        ControlFile controlFile,
        String oldestWal,
        String point) {
      this(instance, content, timeline, controlFile, oldestWal, point, ParkMode.SHUTDOWN);
    }
  }

  /**
   * The control file of a parked instance.
   *
   * @param minimumRecoveryEnd where it says recovery ended, never beyond the target
   * @param digest its SHA-256: unchanged means still parked
   */
  public record ControlFile(Lsn minimumRecoveryEnd, String digest) {}
}
