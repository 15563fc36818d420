package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.ServerConnections.Role;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;

/** Sessions for one call of the port, with the patience that its attempt leaves. */
record ServerSessions(ServerConnections connections, Patience patience) {

  /** A kept session if one still answers, else a new session. */
  Session warm(Server server, DatabaseAccess access) throws DatabaseFault {
    return connections.warm(server, access, patience);
  }

  /** A new session, whose statements may take this long; ended when closed. */
  Session fresh(Server server, DatabaseAccess access, Duration statement) throws DatabaseFault {
    return connections.fresh(server, access, statement, patience);
  }

  /** A session as users open it: on the coordinator of a Greenplum, for work over all contents. */
  Session dispatch(Server server, DatabaseAccess access, Duration statement) throws DatabaseFault {
    return connections.alone(server, access, Role.DISPATCH, statement, patience);
  }

  /** A new session for a site's own statements: it alone has the role's own search path. */
  Session barrier(Server server, DatabaseAccess access, Duration statement) throws DatabaseFault {
    return connections.alone(server, access, Role.BARRIER, statement, patience);
  }
}
