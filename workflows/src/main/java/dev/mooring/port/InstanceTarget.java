package dev.mooring.port;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;

/**
 * Where one instance is to be parked and what it replays from.
 *
 * @param instance which one
 * @param point the restore point's name
 * @param target its content's position
 * @param archive where this site's hosts see the archive
 */
public record InstanceTarget(
    InstanceId instance, RestorePointName point, ContentTarget target, Site.Archive archive) {}
