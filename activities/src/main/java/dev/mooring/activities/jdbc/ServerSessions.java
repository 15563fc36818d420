package dev.mooring.activities.jdbc;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;

/** Sessions for one call of the port, with the patience that its attempt leaves. */
record ServerSessions(ServerConnections connections, Patience patience) {

  /** A warm session if there is one that still answers, else a new one. */
  Session warm(Server server, DatabaseAccess access) throws DatabaseFault {
    return connections.warm(server, access, patience);
  }

  /** A session of its own, whose statements may take so long; ended when closed. */
  Session fresh(Server server, DatabaseAccess access, Duration statement) throws DatabaseFault {
    return connections.fresh(server, access, statement, patience);
  }

  /** As users reach it: the coordinator of a Greenplum, for what is done over all contents. */
  Session dispatch(Server server, DatabaseAccess access, Duration statement) throws DatabaseFault {
    return connections.dispatch(server, access, statement, patience);
  }
}
