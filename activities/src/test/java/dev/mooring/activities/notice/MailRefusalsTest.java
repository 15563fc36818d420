package dev.mooring.activities.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Attempt;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.NoticeActivities.SendingRun;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Kind;
import dev.mooring.topology.NoticePolicy.Mail;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.NoticePolicy.Tls;
import io.temporal.failure.ApplicationFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a mail that a server accepts for some of its addresses alone. */
class MailRefusalsTest {
  private static final String DBA = "dba@example.com";
  private static final String LEAD = "lead@example.com";
  private static final String LATER = "450 4.2.0 greylisted";
  private static final String NEVER = "550 5.1.1 no such user";

  /** What the server answers to an address, or to the mail; it accepts any other. */
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /** Each accepted address with the id of the message. */
  private final List<String> accepted = new CopyOnWriteArrayList<>();

  private final List<String> reported = new ArrayList<>();
  private final ChannelNoticeActivities notices =
      new ChannelNoticeActivities(
          name -> Optional.empty(),
          new Attempt() {
            @Override
            public long number() {
              return 1;
            }

            @Override
            public void report(Object details) {
              reported.clear();
              ((List<?>) details).forEach(one -> reported.add(one.toString()));
            }

            @Override
            public List<String> reportedBefore() {
              return List.copyOf(reported);
            }
          },
          Duration.ofSeconds(30));
  private ServerSocket server;

  @BeforeEach
  void up() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread accepts = new Thread(this::accept, "mail server");
    accepts.setDaemon(true);
    accepts.start();
  }

  @AfterEach
  void down() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        serve(client);
      } catch (IOException over) {
        // the test is over, or the client is gone
      }
    }
  }

  private void serve(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(client.getOutputStream(), true, StandardCharsets.US_ASCII);
    out.print(answers.getOrDefault("GREETING", "220 ready") + "\r\n");
    List<String> to = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = "250 done";
      if (line.contains("<")) {
        String address = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
        answer = answers.getOrDefault(address, answer);
        if (line.startsWith("RCPT") && answer.equals("250 done")) {
          to.add(address);
        }
      } else if (line.equals("DATA")) {
        out.print("354 go on\r\n");
        String id = idOf(in);
        answer = answers.getOrDefault("DATA", answer);
        if (answer.equals("250 done")) {
          to.forEach(address -> accepted.add(address + " " + id));
        }
      }
      out.print(answer + "\r\n");
      out.flush();
    }
  }

  private static String idOf(BufferedReader mail) throws IOException {
    String id = "";
    for (String line = mail.readLine(); line != null && !line.equals("."); line = mail.readLine()) {
      id = line.startsWith("Message-ID: ") ? line.substring("Message-ID: ".length()) : id;
    }
    return id;
  }

  /** One attempt, with what the attempts before it reported. */
  private String sent() {
    ClusterName strait = new ClusterName("strait");
    Mail mail =
        new Mail(
            "127.0.0.1",
            server.getLocalPort(),
            Tls.NONE,
            "mooring@example.com",
            List.of(DBA, LEAD),
            List.of());
    Notice notice =
        new Notice(
            "mooring-notice:strait:r1",
            strait,
            Event.WAITS,
            Severity.CRITICAL,
            new SendingRun("Failover", "mooring:strait:failover", "r1", ""),
            new Message("Failover waits"),
            "2026-01-02T03:04:05Z");
    return notices
        .ensureNoticed(
            new EnsureNoticed(
                new Call(strait, "r1", "NOTICE", 0, Epoch.NONE),
                new Channel("mail", Kind.MAIL, "", Severity.CRITICAL, List.of(), List.of(mail)),
                notice))
        .answer();
  }

  private void failsFor(String words) {
    assertThatThrownBy(this::sent)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.NOT_NOTICED.name());
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure.getOriginalMessage()).startsWith(words);
            });
  }

  /** The library reads a line of any length, and a worker has 256 MB. */
  @Test
  void an_answer_without_end_ends_the_attempt() {
    answers.put("GREETING", "220-" + "x".repeat(2 << 20) + "\r\n220 ready");
    failsFor("127.0.0.1 took no mail: ");
    assertThat(accepted).isEmpty();
  }

  private void acceptedOnce(String... addresses) {
    assertThat(accepted)
        .containsExactlyInAnyOrder(
            List.of(addresses).stream()
                .map(address -> address + " <mooring-notice.strait.r1@mooring>")
                .toArray(String[]::new));
  }

  /** Greylisting: a server refuses the first attempt of a sender that it does not know. */
  @Test
  void an_address_that_is_refused_for_the_moment_gets_it_by_the_next_attempt_and_no_other_twice() {
    answers.put(LEAD, LATER);
    failsFor("127.0.0.1 took no mail for lead@example.com: 450 4.2.0 greylisted");
    failsFor("127.0.0.1 took no mail for lead@example.com: 450 4.2.0 greylisted");
    acceptedOnce(DBA);
    answers.clear();
    assertThat(sent()).isEqualTo("127.0.0.1 took it for dba@example.com, lead@example.com");
    acceptedOnce(DBA, LEAD);
  }

  @Test
  void an_address_that_is_refused_for_good_is_reported_and_fails_no_attempt() {
    answers.put(LEAD, NEVER);
    assertThat(sent())
        .isEqualTo(
            "127.0.0.1 took it for dba@example.com; it refused lead@example.com for good:"
                + " 550 5.1.1 no such user");
    acceptedOnce(DBA);
  }

  @Test
  void one_that_is_refused_for_good_after_others_accepted_it_is_reported() {
    answers.put(LEAD, LATER);
    failsFor("127.0.0.1 took no mail for lead@example.com: 450 4.2.0 greylisted");
    answers.put(LEAD, NEVER);
    assertThat(sent()).contains("took it for dba@example.com; it refused lead@example.com for");
    acceptedOnce(DBA);
  }

  @ParameterizedTest
  @ValueSource(strings = {LATER, NEVER})
  void a_mail_that_no_address_has_accepted_fails_the_attempt(String answer) {
    answers.put(DBA, NEVER);
    answers.put(LEAD, answer);
    assertThatThrownBy(this::sent)
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("127.0.0.1 took no mail for ")
        .hasMessageContaining(answer);
    answers.remove(LEAD);
    assertThat(sent()).contains("took it for lead@example.com; it refused dba@example.com for");
    acceptedOnce(LEAD);
  }

  @Test
  void a_mail_that_is_refused_after_an_address_was_names_the_reason_of_the_mail_first() {
    answers.put(LEAD, NEVER);
    answers.put("DATA", "554 5.7.1 no such mail");
    failsFor(
        "127.0.0.1 took no mail for dba@example.com: 554 5.7.1 no such mail;"
            + " 550 5.1.1 no such user");
    acceptedOnce();
  }

  /** A server that takes no mail of that sender for the moment. */
  @Test
  void a_server_that_refuses_the_sender_later_is_asked_again_for_the_address_that_is_left() {
    answers.put(LEAD, LATER);
    failsFor("127.0.0.1 took no mail for lead@example.com: 450 4.2.0 greylisted");
    answers.put("mooring@example.com", "451 4.3.0 try later");
    failsFor("127.0.0.1 took no mail for lead@example.com: 451 4.3.0 try later");
    answers.clear();
    sent();
    acceptedOnce(DBA, LEAD);
  }
}
