package dev.mooring.activities.role;

import dev.mooring.activities.host.Script;

/** The script that makes an instance follow, with all that it is sent with. */
final class FollowScript {
  private FollowScript() {}

  static String with(String stubs, String call) {
    return String.join(
        "\n",
        Script.resource(Script.class, "prelude.sh"),
        Script.resource(Script.class, "server.sh"),
        Script.resource(HostRoleActivities.class, "writer.sh"),
        Script.resource(HostRoleActivities.class, "follow.sh"),
        stubs,
        call);
  }
}
