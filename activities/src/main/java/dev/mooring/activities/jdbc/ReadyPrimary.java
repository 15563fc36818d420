package dev.mooring.activities.jdbc;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.topology.InstanceId;

/**
 * A primary with an open session, seen to be able to make a restore point.
 *
 * @param seen what it answered just before
 */
record ReadyPrimary(Server server, Session session, ServerObserved seen) {
  InstanceId id() {
    return server.instance().id();
  }
}
