package dev.mooring.dev.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.temporal.ServiceProfile;
import dev.mooring.activities.temporal.ServiceRefused;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of the variables that Temporal's own tools read. */
class ServiceProfileTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir static Path directory = Path.of("set by JUnit");

  private static Authority authority;

  @BeforeAll
  static void make() {
    authority = Authority.make(directory, "ours");
  }

  private static ServiceProfile read(Map<String, String> environment) {
    return ServiceProfile.read(Optional.empty(), Optional.empty(), environment);
  }

  /** Keeps what each call brought to authorize itself. */
  private record Heard(Queue<String> all) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      all.add(String.valueOf(headers.get(AUTHORIZATION)));
      return next.startCall(call, headers);
    }
  }

  @Test
  void an_api_key_is_sent_as_a_bearer_and_brings_tls_with_it() throws Exception {
    Authority.Identity shown = authority.vouchFor("temporal", "ip:127.0.0.1");
    Heard heard = new Heard(new ConcurrentLinkedQueue<>());
    Server server =
        NettyServerBuilder.forPort(0)
            .sslContext(
                GrpcSslContexts.forServer(shown.certificate().toFile(), shown.key().toFile())
                    .build())
            .addService(new WorkflowServiceGrpc.WorkflowServiceImplBase() {})
            .intercept(heard)
            .build()
            .start();
    try {
      ServiceProfile profile =
          read(
              Map.of(
                  "TEMPORAL_ADDRESS",
                  "127.0.0.1:" + server.getPort(),
                  "TEMPORAL_API_KEY",
                  "key-of-ann",
                  "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
                  authority.certificate().toString()));
      WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(profile.stubs());
      try {
        assertThatThrownBy(
                () -> stubs.blockingStub().getSystemInfo(GetSystemInfoRequest.getDefaultInstance()))
            .hasMessageContaining("UNIMPLEMENTED");
      } finally {
        stubs.shutdownNow();
      }
      assertThat(heard.all()).isNotEmpty().containsOnly("Bearer key-of-ann");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void with_an_api_key_alone_tls_is_used_and_without_anything_it_is_not() {
    assertThat(read(Map.of("TEMPORAL_API_KEY", "key-of-ann")).stubs().getEnableHttps()).isTrue();
    assertThat(read(Map.of()).stubs().getEnableHttps()).isFalse();
    assertThat(read(Map.of()).stubs().getSslContext()).isNull();
    assertThat(read(Map.of("TEMPORAL_TLS", "true")).stubs().getSslContext()).isNotNull();
  }

  @Test
  void an_api_key_never_goes_in_the_clear() {
    assertThatThrownBy(
            () -> read(Map.of("TEMPORAL_API_KEY", "key-of-ann", "TEMPORAL_TLS", "false")))
        .isInstanceOfSatisfying(
            ServiceRefused.class,
            refused -> {
              assertThat(refused.fact()).contains("in the clear").doesNotContain("key-of-ann");
              assertThat(refused.hint()).startsWith("take TEMPORAL_TLS away");
            });
  }

  @Test
  void a_header_that_authorizes_never_goes_in_the_clear_either() throws IOException {
    Map<String, String> header =
        Map.of("TEMPORAL_GRPC_META_AUTHORIZATION", "Bearer key-of-ann", "TEMPORAL_TLS", "true");
    assertThat(read(header).stubs().getSslContext()).isNotNull();
    Path file =
        Files.writeString(
            directory.resolve("authorized.toml"),
            "[profile.default.grpc_meta]\nAuthorization = \"Bearer key-of-ann\"\n");
    List<Map<String, String>> clear =
        List.of(
            Map.of("TEMPORAL_GRPC_META_AUTHORIZATION", "Bearer key-of-ann"),
            Map.of(
                "TEMPORAL_GRPC_META_AUTHORIZATION", "Bearer key-of-ann", "TEMPORAL_TLS", "false"),
            Map.of("TEMPORAL_CONFIG_FILE", file.toString()));
    for (Map<String, String> environment : clear) {
      assertThatThrownBy(() -> read(environment))
          .isInstanceOfSatisfying(
              ServiceRefused.class,
              refused -> {
                assertThat(refused.fact()).contains("in the clear").doesNotContain("key-of-ann");
                assertThat(refused.hint()).startsWith("set TEMPORAL_TLS=true");
              });
    }
    assertThat(read(Map.of("TEMPORAL_GRPC_META_TENANT", "ann")).stubs()).isNotNull();
  }

  @Test
  void nobody_is_believed_unseen() {
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "TEMPORAL_TLS", "true", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "true")))
        .isInstanceOf(ServiceRefused.class)
        .hasMessageContaining("would accept any server");
  }

  @Test
  void a_file_that_is_no_certificate_or_not_there_is_refused() throws IOException {
    Authority.Identity client = authority.vouchFor("client", "dns:client");
    Map<String, String> good =
        Map.of(
            "TEMPORAL_TLS_CLIENT_CERT_PATH",
            client.certificate().toString(),
            "TEMPORAL_TLS_CLIENT_KEY_PATH",
            client.key().toString(),
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
            authority.certificate().toString());
    Path words = Files.writeString(directory.resolve("words.pem"), "what?\n");
    for (String variable : good.keySet()) {
      Map<String, String> environment = new HashMap<>(good);
      environment.put(variable, "/nonexistent/file");
      assertThatThrownBy(() -> read(environment).stubs())
          .isInstanceOf(ServiceRefused.class)
          .hasMessageContaining("/nonexistent/file")
          .hasMessageContaining("is not there or not readable");
      environment.put(variable, words.toString());
      assertThatThrownBy(() -> read(environment).stubs())
          .isInstanceOfSatisfying(
              ServiceRefused.class,
              refused -> assertThat(refused.hint()).contains("all are PEM files"));
    }
  }

  @Test
  void a_certificate_without_its_key_is_refused() {
    Authority.Identity other = authority.vouchFor("keyless", "dns:keyless");
    assertThatThrownBy(
            () ->
                read(Map.of("TEMPORAL_TLS_CLIENT_CERT_PATH", other.certificate().toString()))
                    .stubs())
        .isInstanceOf(ServiceRefused.class);
  }

  private static Path written() throws IOException {
    return Files.writeString(
        directory.resolve("bank.toml"),
        """
        [profile.open.tls]
        disable_host_verification = true
        [profile.clear]
        api_key = "key-of-ann"
        [profile.clear.tls]
        disabled = true
        [profile.header.grpc_meta]
        authorization = "Bearer key-of-ann"
        [profile.unread.tls]
        server_ca_cert_path = "/nonexistent/ca.pem"
        """);
  }

  /** A remedy that names a variable nobody set sends people to the wrong place. */
  @Test
  void what_the_profiles_file_set_is_named_by_its_place_there() throws IOException {
    Path file = written();
    Map<String, String> remedies =
        Map.of(
            "open", "profile.open.tls.disable_host_verification",
            "clear", "take profile.clear.tls.disabled in " + file + " away",
            "header", "or take profile.header.grpc_meta.authorization in " + file + " away",
            "unread", "correct profile.unread.tls.server_ca_cert_path in " + file);
    remedies.forEach(
        (profile, remedy) ->
            assertThatThrownBy(
                    () ->
                        read(Map.of(
                                "TEMPORAL_CONFIG_FILE",
                                file.toString(),
                                "TEMPORAL_PROFILE",
                                profile))
                            .stubs())
                .isInstanceOfSatisfying(
                    ServiceRefused.class,
                    refused ->
                        assertThat(refused.fact() + "; " + refused.hint())
                            .contains(remedy)
                            .doesNotContain("key-of-ann")));
  }

  @Test
  void what_a_variable_set_over_the_file_is_named_by_the_variable() throws IOException {
    ServiceProfile overridden =
        read(
            Map.of(
                "TEMPORAL_CONFIG_FILE",
                written().toString(),
                "TEMPORAL_PROFILE",
                "unread",
                "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
                "/nonexistent/other.pem"));
    assertThatThrownBy(overridden::stubs)
        .isInstanceOfSatisfying(
            ServiceRefused.class,
            refused ->
                assertThat(refused.hint()).startsWith("correct TEMPORAL_TLS_SERVER_CA_CERT_PATH,"));
  }

  @Test
  void the_name_of_a_server_is_its_address_without_port_and_brackets() {
    SSLHandshakeException otherName = new SSLHandshakeException("no");
    otherName.initCause(new CertificateException("No subject alternative names present"));
    Map<String, String> names =
        Map.of("[::1]:7233", "::1", "[::1]", "::1", "::1", "::1", "temporal:7233", "temporal");
    names.forEach(
        (target, name) ->
            assertThat(read(Map.of("TEMPORAL_TLS", "true")).away(target, otherName).fact())
                .contains("of another name than " + name + ": "));
  }

  @Test
  void a_profile_that_is_not_there_is_named() throws IOException {
    assertThatThrownBy(() -> read(Map.of("TEMPORAL_CONFIG_FILE", "/nonexistent/temporal.toml")))
        .isInstanceOf(ServiceRefused.class)
        .hasMessageContaining("TEMPORAL_CONFIG_FILE /nonexistent/temporal.toml is not there");
    Path file = Files.writeString(directory.resolve("temporal.toml"), "[profile.bank]\n");
    assertThatThrownBy(
            () -> read(Map.of("TEMPORAL_CONFIG_FILE", file.toString(), "TEMPORAL_PROFILE", "bnak")))
        .isInstanceOf(ServiceRefused.class)
        .hasMessageContaining("bnak");
  }
}
