package dev.mooring.activities.jdbc;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.topology.InstanceId;

/**
 * A primary with an open session that was just found able to make a restore point.
 *
 * @param seen its last answer
 */
record ReadyPrimary(Server server, Session session, ServerObserved seen) {
  InstanceId id() {
    return server.instance().id();
  }
}
