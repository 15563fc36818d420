package dev.mooring.runbook.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a person is told to type, for each kind of endpoint; east-0 leads, west-0 is to. */
class EndpointWordsTest {
  private final Cluster cluster =
      Strait.cluster(
          "  - {name: balancer,",
          "  - {name: address, virtualIp: {address: 192.0.2.10/24, device: eth0}}\n"
              + "  - {name: dns, command: {host: f0, route: \"lead {instance} {address} {port}\","
              + " observe: \"leads\"}}\n"
              + "  - {name: balancer,");
  private final EndpointWords words =
      new EndpointWords(new Move(cluster, cluster.members().get(0), cluster.members().get(2)));

  private String each(Function<Endpoint, String> reported) {
    return cluster.streaming().orElseThrow().endpoints().stream()
        .map(endpoint -> endpoint.name() + ": " + reported.apply(endpoint))
        .collect(Collectors.joining("\n"));
  }

  private List<EndpointSeen> all() {
    return cluster.streaming().orElseThrow().endpoints().stream()
        .map(one -> new EndpointSeen(one.name(), List.of(cluster.members().get(0).id()), List.of()))
        .toList();
  }

  @Test
  void each_has_its_way_back() {
    String planned =
        " points at [east-0], will point at west-0 after the promotion; back by a move back, or by"
            + " hand: on ";
    assertThat(each(endpoint -> words.planned(endpoint, all())))
        .isEqualTo(
            ("pooler:BACKf0 set in the line postgres of /etc/pgbouncer/databases.ini"
                    + " host=127.31.10.1 port=6000, then `env -u PGHOSTADDR -u PGSERVICE -u PGOPTIONS"
                    + " psql -X -h 127.0.0.1 -p 6432 -U mooring -d pgbouncer -c RELOAD`\n"
                    + "address:BACKw0 `ip addr del 192.0.2.10/24 dev eth0`, then on e0 `ip addr add"
                    + " 192.0.2.10/24 dev eth0 && arping -U -c 3 -I eth0 192.0.2.10`\n"
                    + "dns:BACKf0 `lead east-0 127.31.10.1 6000`\n"
                    + "balancer:BACKf0 `echo 'set server writes/west-0 state maint;shutdown sessions"
                    + " server writes/west-0;set server reads/east-0 state maint;set server"
                    + " reads/west-0 state ready;set server writes/east-0 state ready' | socat -"
                    + " UNIX-CONNECT:/run/haproxy/admin.sock`")
                .replace("BACK", planned));
  }

  @Test
  void each_has_what_leads_it_on_once_the_target_is_promoted() {
    assertThat(each(words::there))
        .isEqualTo(
            "pooler: on f0 `env -u PGHOSTADDR -u PGSERVICE -u PGOPTIONS psql -X"
                + " -h 127.0.0.1 -p 6432 -U mooring -d pgbouncer -c RELOAD -c 'RESUME"
                + " \"postgres\"'`\n"
                + "address: on e0 `ip addr del 192.0.2.10/24 dev eth0`, then on w0 `ip addr add"
                + " 192.0.2.10/24 dev eth0 && arping -U -c 3 -I eth0 192.0.2.10`\n"
                + "dns: on f0 `lead west-0 127.31.20.1 6000`\n"
                + "balancer: on f0 `echo 'set server writes/east-0 state maint;"
                + "shutdown sessions server writes/east-0;set server reads/west-0 state maint;"
                + "set server reads/east-0 state ready;set server writes/west-0 state ready'"
                + " | socat - UNIX-CONNECT:/run/haproxy/admin.sock`");
  }
}
