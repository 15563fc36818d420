package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.EndpointActivities.RouteEndpoints;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A virtual address on real hosts, and endpoints that commands lead. */
@Tag("all")
@Tag("heavy")
class AddressAndCommandIT {
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final InstanceId WEST = new InstanceId("west-0");
  private static final InstanceId SIBLING = new InstanceId("east-1");
  private static final String DEVICE = "eth0";

  private static FrontsWorld real;
  private static long epoch = 1;

  @BeforeAll
  static void up() {
    real = new FrontsWorld("jetty");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  private static Lab lab() {
    return real.lab();
  }

  private static AboutEndpoints about(Endpoint endpoint) {
    Cluster cluster = real.cluster();
    return new AboutEndpoints(
        new Call(cluster.name(), "run-" + epoch, "ROUTE", 1, new Epoch(epoch)),
        List.of(endpoint),
        cluster.hosts(),
        cluster.members().stream()
            .map(m -> new Server(m, cluster.host(m.host()).access().address()))
            .toList());
  }

  private static EndpointsSet route(Endpoint endpoint, InstanceId primary) {
    epoch++;
    return real.endpoints().ensureRouted(new RouteEndpoints(about(endpoint), primary));
  }

  private static List<InstanceId> pointsAt(Endpoint endpoint) {
    EndpointsObserved seen = real.endpoints().observeEndpoints(about(endpoint));
    assertThat(seen.failures()).isEmpty();
    return seen.seen().stream().map(EndpointSeen::pointsAt).findFirst().orElseThrow();
  }

  private static String address() {
    return lab().host("e0").address().replaceAll("\\.\\d+$", ".200");
  }

  private static Endpoint.VirtualIp address(String device) {
    return new Endpoint.VirtualIp("address", address() + "/24", device);
  }

  private static void allow(String... hosts) {
    for (String host : hosts) {
      lab().faults().killSshAndSessions(lab().host(host));
      lab().faults().startSshThatMayConfigureTheNetwork(lab().host(host));
    }
  }

  private static String on(LabHost host, String command) {
    return lab().run(host, "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + command).strip();
  }

  /** Where the neighbour on the front's host sends packets for the address. */
  private static String neighbour() {
    on(lab().host("f0"), "busybox nc -w 1 " + address() + " 9 || :");
    return on(lab().host("f0"), "ip neigh show " + address() + " | sed 's/.*lladdr //; s/ .*//'");
  }

  /**
   * Only by what it is told: nothing is sent there. A neighbour keeps what it heard for a second.
   */
  private static void awaitNeighbour(String hardware) {
    Await.until(
        () -> on(lab().host("f0"), "ip neigh show " + address()).contains(hardware),
        () -> "nobody was told of " + hardware);
  }

  private static String hardware(String host) {
    return on(lab().host(host), "ip -o link show " + DEVICE + " | sed 's/.*ether //; s/ .*//'");
  }

  @Test
  @Tag("root") // only root makes networks
  void an_address_moves_and_neighbours_are_told() {
    allow("e0", "w0", "e1");
    Endpoint.VirtualIp address = address(DEVICE);
    assertThat(pointsAt(address)).isEmpty();
    assertThat(route(address, EAST).failures()).isEmpty();
    assertThat(route(address, EAST).failures()).isEmpty();
    assertThat(pointsAt(address)).containsExactly(EAST);
    assertThat(neighbour()).isEqualTo(hardware("e0"));
    assertThat(route(address, WEST).failures()).isEmpty();
    assertThat(pointsAt(address)).containsExactly(WEST);
    awaitNeighbour(hardware("w0"));
    isLedBackAndThereAgain(address);

    lab().faults().killSshAndSessions(lab().host("w0"));
    EndpointFailure unknown = route(address, EAST).failures().get(0);
    assertThat(unknown.code()).isEqualTo(FailureCode.HOST_UNREACHABLE);
    assertThat(on(lab().host("e0"), "ip -4 -o addr show")).doesNotContain(address());
    lab().faults().startSsh(lab().host("w0"));
    assertThat(route(address, EAST).failures().get(0).message())
        .contains("was not given to e0, since w0 may hold it", "ip addr del");

    allow("w0");
    assertThat(route(address, EAST).failures()).isEmpty();
    lab().faults().killSshAndSessions(lab().host("w0"));
    assertThat(pointsAt(address)).as("a host that is gone hides no other").containsExactly(EAST);
    EndpointsSet silent = route(address, SIBLING);
    assertThat(silent.failures()).as("nobody answers for it").isEmpty();
    assertThat(silent.unseen().toString())
        .contains("w0 gave no answer", "`ip addr del " + address() + "/24 dev " + DEVICE + "`");
    assertThat(route(address, SIBLING).unseen().toString())
        .contains("no machine answered for " + address());
    lab().faults().giveAddress(lab().host("w0"), address() + "/24", DEVICE);
    assertThat(route(address, SIBLING).unseen().toString())
        .as("it is back on the network, its sshd is not")
        .contains("w0 gave no answer, and a machine other than e1 answers for " + address());
    allow("w0");
    assertThat(route(address, SIBLING).unseen()).as("it answers, and holds nothing").isEmpty();
    assertThat(pointsAt(address)).containsExactly(SIBLING);
  }

  private static void isLedBackAndThereAgain(Endpoint address) {
    assertThat(route(address, EAST).failures()).as("its undo is the way back").isEmpty();
    assertThat(pointsAt(address)).containsExactly(EAST);
    awaitNeighbour(hardware("e0"));
    assertThat(on(lab().host("w0"), "ip -4 -o addr show")).doesNotContain(address());
    assertThat(route(address, WEST).failures()).isEmpty();
  }

  @Test
  void a_device_that_is_not_there_is_named() {
    assertThat(route(address("nodevice0"), EAST).failures().get(0).message()).contains("nodevice0");
  }

  @Test
  void commands_lead_with_what_is_filled_in_and_are_asked_afterwards() {
    String file = lab().host("f0").directory() + "/led to";
    Endpoint command =
        new Endpoint.Command(
            "dns",
            new HostName("f0"),
            "printf '%s\\n' {instance} {address} {port} ${HOME:+'{kept}'} > '" + file + "'",
            "head -n 1 '" + file + "' 2>/dev/null || echo nobody");
    assertThat(pointsAt(command)).isEmpty();
    EndpointsSet set = route(command, WEST);
    assertThat(set.failures()).isEmpty();
    assertThat(set.set()).containsExactly("dns");
    assertThat(pointsAt(command)).containsExactly(WEST);
    assertThat(on(lab().host("f0"), "cat '" + file + "'"))
        .isEqualTo(
            "west-0\n%s\n%d\n{kept}"
                .formatted(lab().host("w0").address(), lab().instance("west-0").port()));
    assertThat(route(command, EAST).failures()).as("its undo is the way back").isEmpty();
    assertThat(pointsAt(command)).containsExactly(EAST);
  }

  @Test
  void a_command_that_fails_or_does_nothing_is_told() {
    Endpoint failing =
        new Endpoint.Command("dns", new HostName("f0"), "echo no zone >&2; exit 7", "echo none");
    assertThat(route(failing, WEST).failures().get(0).message())
        .contains("exit status 7", "no zone");
    Endpoint idle = new Endpoint.Command("dns", new HostName("f0"), "true", "echo east-0");
    assertThat(route(idle, WEST).failures().get(0).message())
        .contains("prints 'east-0' instead of 'west-0'");
  }
}
