package dev.mooring.starter.look;

import dev.mooring.authority.Epoch;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.topology.Instance;

/**
 * One instance, as its host and its server show it.
 *
 * @param instance which one
 * @param host what its host shows
 * @param server what it says over SQL, when it runs
 * @param epoch the highest epoch that acted on its host; {@link Epoch#NONE} where it is unseen
 */
public record InstanceFacts(
    Instance instance, Sight<InstanceObserved> host, Sight<ServerObserved> server, Epoch epoch) {}
