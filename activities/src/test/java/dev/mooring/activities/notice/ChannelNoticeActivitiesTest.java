package dev.mooring.activities.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.authority.Epoch;
import dev.mooring.contract.Limit;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.Noticed;
import dev.mooring.port.NoticeActivities.SendingRun;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Kind;
import dev.mooring.topology.NoticePolicy.Mail;
import dev.mooring.topology.NoticePolicy.MailLogin;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.NoticePolicy.Tls;
import dev.mooring.topology.SecretReference;
import io.temporal.failure.ApplicationFailure;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What arrives at a webhook, a mail server and a command, and what is said if nothing does. */
class ChannelNoticeActivitiesTest {
  private static final Call CALL =
      new Call(new ClusterName("strait"), "r1", "NOTICE", 0, Epoch.NONE);
  private static final Notice NOTICE =
      new Notice(
          "mooring-notice:strait:r1:1",
          new ClusterName("strait"),
          Event.WAITS,
          Severity.CRITICAL,
          new SendingRun("Failover", "mooring:strait:failover", "r1", "http://ui.example/run"),
          new Message(
              "Failover waits for an approval & <that>",
              List.of("verdict on east-0: HOST_DEAD", "candidate 1: west-0; it's the furthest"),
              "mooring approve mooring:strait:failover --digest d --reason WHY"),
          "2026-01-02T03:04:05Z");

  private final Map<String, String> environment =
      Map.of("TOKEN", "secret", "MAIL", "open sesame", "TWO", "first\nsecond");
  private ChannelNoticeActivities notices =
      new ChannelNoticeActivities(
          name -> Optional.ofNullable(environment.get(name)), LocalHost.attempt(1));
  private final List<HttpExchange> calls = new ArrayList<>();
  private final List<String> bodies = new ArrayList<>();
  private int answers = 204;
  private int bodyBytes = -1;
  private HttpServer server;

  @BeforeEach
  void up() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", this::hook);
    server.start();
  }

  @AfterEach
  void down() {
    server.stop(0);
  }

  private void hook(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    calls.add(exchange);
    exchange.sendResponseHeaders(answers, bodyBytes);
    if (bodyBytes < 0) {
      exchange.close();
    } else {
      exchange.getResponseBody().flush();
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  private Noticed through(Kind kind, String to, List<SecretReference> token, List<Mail> mail) {
    return notices.ensureNoticed(
        new EnsureNoticed(
            CALL, new Channel("pager", kind, to, Severity.CRITICAL, token, mail), NOTICE));
  }

  private Noticed webhook(Kind kind, String to) {
    return through(kind, to, List.of(new SecretReference("env:TOKEN")), List.of());
  }

  private void notNoticed(String words, Runnable act) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.NOT_NOTICED.name());
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure.getOriginalMessage()).contains(words);
            });
  }

  @Test
  void a_webhook_gets_the_notice_as_json_with_its_key_and_token() throws IOException {
    assertThat(webhook(Kind.WEBHOOK, url()).answer()).isEqualTo("127.0.0.1 answered 204");
    JsonNode body = new ObjectMapper().readTree(bodies.get(0));
    assertThat(body.path("event").asText()).isEqualTo("waits");
    assertThat(body.path("headline").asText()).isEqualTo(NOTICE.message().headline());
    assertThat(body.path("lines")).hasSize(2);
    assertThat(calls.get(0).getRequestHeaders().getFirst("Idempotency-Key"))
        .isEqualTo(NOTICE.key());
    assertThat(calls.get(0).getRequestHeaders().getFirst("Authorization"))
        .isEqualTo("Bearer secret");
  }

  @Test
  void slack_gets_one_text_without_its_markup() throws IOException {
    webhook(Kind.SLACK, url());
    assertThat(new ObjectMapper().readTree(bodies.get(0)).path("text").asText())
        .startsWith("[mooring] CRITICAL strait: Failover waits for an approval &amp; &lt;that&gt;")
        .contains("next: mooring approve", "http://ui.example/run");
  }

  @Test
  void what_is_not_taken_is_tried_again_and_names_no_secret() {
    answers = 500;
    notNoticed("127.0.0.1 answered 500", () -> webhook(Kind.WEBHOOK, url() + "?key=hidden"));
    server.stop(0);
    notNoticed("127.0.0.1 did not answer", () -> webhook(Kind.WEBHOOK, url() + "?key=hidden"));
    assertThatThrownBy(() -> webhook(Kind.WEBHOOK, url() + "?key=hidden"))
        .message()
        .doesNotContain("hidden");
    notNoticed("URL of channel pager env:NONE is not set", () -> webhook(Kind.SLACK, "env:NONE"));
  }

  @Test
  void a_token_of_two_lines_is_never_sent_nor_shown() {
    List<SecretReference> token = List.of(new SecretReference("env:TWO"));
    assertThatThrownBy(() -> through(Kind.WEBHOOK, url(), token, List.of()))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("the token of channel pager is not one word")
        .hasMessageNotContaining("second");
    assertThat(calls).isEmpty();
  }

  @Test
  void a_mail_server_gets_a_message_whose_id_is_the_key() throws Exception {
    ServerSetup smtp = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    smtp.setServerStartupTimeout(Limit.seconds(60).toMillis());
    GreenMail mail = new GreenMail(smtp);
    mail.setUser("night@example.com", "duty", "open sesame");
    mail.start();
    try {
      Mail to =
          new Mail(
              "127.0.0.1",
              mail.getSmtp().getPort(),
              Tls.NONE,
              "mooring@example.com",
              List.of("dba@example.com", "lead@example.com"),
              List.of(new MailLogin("duty", new SecretReference("env:MAIL"))));
      through(Kind.MAIL, "", List.of(), List.of(to));
      MimeMessage[] got = mail.getReceivedMessages();
      assertThat(got).hasSize(2);
      assertThat(got[0].getSubject()).startsWith("[mooring] CRITICAL strait: Failover waits");
      assertThat(got[0].getMessageID()).isEqualTo("<mooring-notice.strait.r1.1@mooring>");
      assertThat((String) got[0].getContent()).contains("next: mooring approve");
      Mail starttls =
          new Mail(to.server(), to.port(), Tls.STARTTLS, to.sender(), to.to(), to.login());
      notNoticed("took no mail", () -> through(Kind.MAIL, "", List.of(), List.of(starttls)));
    } finally {
      mail.stop();
    }
  }

  @Test
  void a_command_gets_each_text_as_one_word(@TempDir Path directory) throws IOException {
    Path out = directory.resolve("out");
    through(Kind.COMMAND, "printf '%s|' {severity} {text} >" + out, List.of(), List.of());
    assertThat(Files.readString(out))
        .startsWith("critical|Failover waits for an approval & <that>\n")
        .contains("it's the furthest");
    notNoticed(
        "ended with status 3: no route",
        () -> through(Kind.COMMAND, "echo no route >&2; exit 3", List.of(), List.of()));
  }

  /** A database may have such a name; a mail program, a terminal or a pager would obey it. */
  @Test
  void control_characters_are_shown_in_each_text(@TempDir Path directory) throws IOException {
    Message hostile = new Message("\u001b[2J\n- b", List.of("database \u009b2J\u202e\n- b"), "");
    NoticeText text =
        new NoticeText(
            new Notice(
                NOTICE.key() + "\r\nReply-To: intruder",
                NOTICE.cluster(),
                NOTICE.event(),
                NOTICE.severity(),
                NOTICE.run(),
                hostile,
                NOTICE.at()));
    assertThat(text.key()).isEqualTo(NOTICE.key() + "\\u000d\\nReply-To: intruder");
    assertThat(text.subject()).endsWith("strait: \\u001b[2J\\n- b");
    assertThat(text.plain()).contains("\\u001b[2J\\n- b\n", "- database \\u009b2J\\u202e\\n- b\n");
    assertThat(text.json()).contains("\\u009b2J\\u202e");
    assertThat(new ObjectMapper().readTree(text.json()).path("lines").path(0).asText())
        .isEqualTo("database \u009b2J\u202e\n- b");

    Path out = directory.resolve("out");
    notices.ensureNoticed(
        new EnsureNoticed(
            CALL,
            new Channel(
                "pager",
                Kind.COMMAND,
                "printf %s {headline} >" + out,
                Severity.CRITICAL,
                List.of(),
                List.of()),
            text.notice()));
    assertThat(Files.readString(out)).isEqualTo("\\u001b[2J\\n- b");
  }

  /** The JDK's client waits without a limit for what its handler reads of a body. */
  @Test
  @Timeout(60)
  void the_body_of_an_answer_is_not_waited_for() {
    answers = 200;
    bodyBytes = 9;
    assertThat(webhook(Kind.WEBHOOK, url()).answer()).isEqualTo("127.0.0.1 answered 200");
  }

  /**
   * The server accepts the connection, or its kernel does, and says nothing. The command gets the
   * time that each kind has, the others less.
   */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SLACK")
  @Timeout(60)
  void a_channel_that_gives_no_answer_is_not_waited_for(Kind kind) throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      int port = silent.getLocalPort();
      Mail mail =
          new Mail(
              "127.0.0.1",
              port,
              Tls.NONE,
              "mooring@example.com",
              List.of("dba@example.com"),
              List.of());
      if (kind != Kind.COMMAND) {
        notices =
            new ChannelNoticeActivities(
                name -> Optional.ofNullable(environment.get(name)),
                LocalHost.attempt(1),
                Duration.ofSeconds(1));
      }
      switch (kind) {
        case WEBHOOK, SLACK ->
            notNoticed(
                "127.0.0.1 did not answer: java.net.http.HttpTimeoutException",
                () -> webhook(kind, "http://127.0.0.1:" + port + "/hook"));
        case MAIL ->
            notNoticed("127.0.0.1 took no mail", () -> through(kind, "", List.of(), List.of(mail)));
        case COMMAND ->
            notNoticed(
                "did not end within 5 s", () -> through(kind, "sleep 600", List.of(), List.of()));
      }
    }
  }
}
