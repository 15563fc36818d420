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
 * The point at which one instance is to be parked, and its archive.
 *
 * @param point the restore point's name
 * @param target its content's position
 * @param archive the archive as this site's hosts see it
 * @param parkMode how it is parked there
 */
public record InstanceTarget(
    InstanceId instance,
    RestorePointName point,
    ContentTarget target,
    Site.Archive archive,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ParkMode.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        ParkMode parkMode) {

  /** An instance to be shut down there. */
  public InstanceTarget(
      InstanceId instance, RestorePointName point, ContentTarget target, Site.Archive archive) {
    this(instance, point, target, archive, ParkMode.SHUTDOWN);
  }
}
