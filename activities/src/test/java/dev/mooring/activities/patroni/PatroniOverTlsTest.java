package dev.mooring.activities.patroni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.mooring.activities.host.Secrets;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Login;
import dev.mooring.topology.PatroniPolicy.Member;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the login of Patroni's REST API reaches where its authority is named. */
class PatroniOverTlsTest {
  private static final String PASSWORD = "changeit";
  private static final Duration WITHIN = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final List<String> authorizations = new ArrayList<>();
  private final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void down() {
    servers.forEach(server -> server.stop(0));
  }

  private Member serving(HttpServer server) throws IOException {
    servers.add(server);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    return new Member(
        new InstanceId("west-0"), "west-0", "127.0.0.1", server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  /** A server with a certificate that vouches for itself, which NAME.pem has too. */
  private Member overTls(String name, String named) throws Exception {
    Path file = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + named,
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Files.writeString(
        directory.resolve(name + ".pem"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(store.getCertificate("server").getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create();
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return serving(server);
  }

  private void changed(Member member, String authority) {
    PatroniPolicy policy =
        new PatroniPolicy(
            "strait",
            List.of(member),
            List.of(new Login("rest", new SecretReference("env:REST"))),
            List.of(directory.resolve(authority + ".pem").toString()));
    new PatroniRest(policy, new Secrets(name -> Optional.of("hunter2")))
        .request(member, "PATCH", "/config", PatroniRest.object(), WITHIN);
  }

  private static ApplicationFailure failure(ThrowingCallable act) {
    List<ApplicationFailure> failures = new ArrayList<>();
    assertThatThrownBy(act).isInstanceOfSatisfying(ApplicationFailure.class, failures::add);
    return failures.get(0);
  }

  @Test
  void the_server_that_the_named_authority_vouches_for_gets_the_login() throws Exception {
    changed(overTls("ours", "ip:127.0.0.1"), "ours");
    assertThat(authorizations).containsExactly("Basic cmVzdDpodW50ZXIy");
  }

  @Test
  void a_server_without_tls_gets_no_login() throws Exception {
    overTls("ours", "ip:127.0.0.1");
    Member intruder = serving(HttpServer.create());
    ApplicationFailure refused = failure(() -> changed(intruder, "ours"));
    assertThat(refused.getType()).isEqualTo(FailureCode.PATRONI_UNREACHABLE.name());
    assertThat(authorizations).isEmpty();
  }

  /** What Patroni without TLS answers to a client that begins with it. */
  @Test
  void an_answer_by_plain_http_is_no_answer_of_patroni() throws Exception {
    overTls("ours", "ip:127.0.0.1");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread answers =
          new Thread(
              () -> {
                try (Socket client = server.accept()) {
                  assertThat(client.getInputStream().read()).isNotNegative();
                  client
                      .getOutputStream()
                      .write("HTTP/1.0 400 Bad request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException over) {
                  throw new UncheckedIOException(over);
                }
              });
      answers.start();
      Member plain =
          new Member(new InstanceId("west-0"), "west-0", "127.0.0.1", server.getLocalPort());
      ApplicationFailure refused = failure(() -> changed(plain, "ours"));
      answers.join();
      assertThat(refused.getType()).isEqualTo(FailureCode.PATRONI_UNREACHABLE.name());
      assertThat(refused.getOriginalMessage())
          .startsWith(PatroniRest.where(plain) + ": the server answers without TLS");
    }
  }

  @Test
  void a_server_of_another_authority_gets_no_login() throws Exception {
    overTls("ours", "ip:127.0.0.1");
    Member intruder = overTls("theirs", "ip:127.0.0.1");
    ApplicationFailure refused = failure(() -> changed(intruder, "ours"));
    assertThat(refused.getType()).isEqualTo(FailureCode.PATRONI_UNREACHABLE.name());
    assertThat(refused.getOriginalMessage())
        .startsWith(PatroniRest.where(intruder) + ": the server's certificate is not believed: ")
        .contains("`rootCertificate`");
    assertThat(authorizations).isEmpty();
  }

  @Test
  void a_certificate_of_another_name_gets_no_login() throws Exception {
    Member elsewhere = overTls("ours", "dns:e0.example.org");
    assertThat(failure(() -> changed(elsewhere, "ours")).getOriginalMessage())
        .contains("not believed: No subject alternative names matching IP address 127.0.0.1");
    assertThat(authorizations).isEmpty();
  }

  @Test
  void an_authority_that_can_t_be_read_is_named() throws Exception {
    Member member = overTls("ours", "ip:127.0.0.1");
    ApplicationFailure refused = failure(() -> changed(member, "away"));
    assertThat(refused.getType()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED.name());
    assertThat(refused.getOriginalMessage())
        .startsWith("root certificate " + directory.resolve("away.pem"));
  }
}
