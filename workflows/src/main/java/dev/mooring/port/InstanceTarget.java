package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.Site;

/**
 * Where one instance is to be parked and what it replays from.
 *
 * @param instance which one
 * @param point the restore point's name
 * @param target its content's position
 * @param archive where this site's hosts see the archive
 * @param parkMode how it is to stand there
 */
public record InstanceTarget(
    InstanceId instance,
    RestorePointName point,
    ContentTarget target,
    Site.Archive archive,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ParkMode.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        ParkMode parkMode) {

  /** One that is to be shut down there. */
  public InstanceTarget(
      InstanceId instance, RestorePointName point, ContentTarget target, Site.Archive archive) {
    this(instance, point, target, archive, ParkMode.SHUTDOWN);
  }
}
