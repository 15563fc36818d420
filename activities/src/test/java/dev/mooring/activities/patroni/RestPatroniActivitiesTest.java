package dev.mooring.activities.patroni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.AboutMember;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Member;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Patroni's REST API answers where no server can be brought to answer it. */
class RestPatroniActivitiesTest {
  private static final InstanceId WEST = new InstanceId("west-0");
  private static final String REPLICA =
      "{\"state\":\"starting\",\"role\":\"replica\",\"patroni\":{\"scope\":\"strait\"}}";

  private final List<String> reported = new ArrayList<>();

  /** Patroni's answer while it is busy with the member; empty if it is not. */
  private String busyWith = "";

  private HttpServer server;

  @BeforeEach
  void up() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/patroni", exchange -> answer(exchange, 503, REPLICA));
    server.createContext("/reinitialize", this::reinitialize);
    server.start();
  }

  @AfterEach
  void down() {
    server.stop(0);
  }

  private void reinitialize(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    reported.add(body);
    if (busyWith.isEmpty() || body.contains("true")) {
      answer(exchange, 200, "reinitialize started");
    } else {
      answer(exchange, 503, busyWith);
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void madeAnew() {
    Member member = new Member(WEST, "west-0", "127.0.0.1", server.getAddress().getPort());
    new RestPatroniActivities(name -> Optional.empty())
        .ensureReinitializing(
            new AboutMember(
                new Call(new ClusterName("strait"), "run-1", "REPLACE", 7, Epoch.NONE),
                new PatroniPolicy("strait", List.of(member), List.of(), List.of()),
                WEST));
  }

  /** Otherwise Patroni would go on starting a server that its fence keeps down, for good. */
  @Test
  void a_member_that_patroni_does_something_else_with_leaves_that_to_be_made_anew() {
    busyWith = "restarting after failure already in progress";
    madeAnew();
    assertThat(reported).containsExactly("{\"force\":false}", "{\"force\":true}");
  }

  @Test
  void a_member_that_is_being_made_anew_is_not_begun_again() {
    busyWith = "reinitialize already in progress";
    madeAnew();
    assertThat(reported).containsExactly("{\"force\":false}");
  }

  @Test
  void a_member_without_a_leader_to_copy_is_refused() {
    busyWith = "Cluster has no leader, can not reinitialize";
    assertThatThrownBy(this::madeAnew)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo(FailureCode.PATRONI_REFUSED.name()));
    assertThat(reported).containsExactly("{\"force\":false}");
  }
}
