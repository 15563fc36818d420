package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.watch.ObservedRoles.Answer;
import dev.mooring.activities.watch.ObservedRoles.Role;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a load balancer is told. */
class WorkerHttpTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private static Answer answer(Role role, String path) {
    return new Answer(
        role == Role.PRIMARY && path.equals("strait/east-0"), path + " is asked for as " + role);
  }

  private HttpResponse<String> said(int port, String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void a_role_is_200_or_503_and_says_why() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (WorkerMetrics metrics = new WorkerMetrics();
        WorkerHttp http =
            WorkerHttp.serve(
                Optional.of(new WorkerConfig.HttpAddress("127.0.0.1", port)),
                metrics,
                () -> {
                  throw new IllegalStateException("not asked");
                },
                WorkerHttpTest::answer)) {
      assertThat(http.toString()).contains(String.valueOf(port));
      HttpResponse<String> primary = said(port, "GET", "/primary/strait/east-0");
      assertThat(primary.statusCode()).isEqualTo(200);
      assertThat(primary.body()).isEqualTo("strait/east-0 is asked for as PRIMARY\n");
      HttpResponse<String> replica = said(port, "GET", "/replica/east-0");
      assertThat(replica.statusCode()).isEqualTo(503);
      assertThat(replica.body()).isEqualTo("east-0 is asked for as REPLICA\n");
      assertThat(said(port, "POST", "/primary/strait/east-0").statusCode()).isEqualTo(405);
      assertThat(said(port, "GET", "/primary").statusCode()).isEqualTo(404);
    }
  }
}
