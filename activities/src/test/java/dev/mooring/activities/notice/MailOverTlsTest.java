package dev.mooring.activities.notice;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.mooring.activities.host.LocalHost;
import dev.mooring.authority.Epoch;
import dev.mooring.contract.Limit;
import dev.mooring.port.Call;
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
import jakarta.mail.internet.MimeMessage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mail by TLS, in a process of its own: the certificates that a JVM trusts are read once. GreenMail
 * has no STARTTLS: a front has it.
 */
class MailOverTlsTest {
  private static final String SECRET = "changeit";
  private static final String TAKEN = "took it for";
  private static final String ARRIVED = "[mooring] CRITICAL strait: Failover waits";
  private static final int ATTEMPTS = 3;
  private static final long MAIL_SERVER_UP_WITHIN_MILLIS = 60_000;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "TLS, ip:127.0.0.1, 127.0.0.1 took it for dba@example.com",
    "TLS, dns:elsewhere.example, No subject alternative names",
    "STARTTLS, ip:127.0.0.1, 127.0.0.1 took it for dba@example.com",
    "STARTTLS, dns:elsewhere.example, No subject alternative names"
  })
  void a_mail_server_is_used_if_its_certificate_is_for_its_name(Tls tls, String name, String answer)
      throws Exception {
    String store = directory.resolve("server.p12").toString();
    said(
        List.of(
            program("keytool"),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=server",
            "-ext",
            "SAN=" + name,
            "-keystore",
            store,
            "-storepass",
            SECRET));

    String said =
        said(
            List.of(
                program("java"),
                "-Djavax.net.ssl.trustStore=" + store,
                "-Djavax.net.ssl.trustStorePassword=" + SECRET,
                "-Dgreenmail.tls.keystore.file=" + store,
                "-Dgreenmail.tls.keystore.password=" + SECRET,
                "-cp",
                System.getProperty("java.class.path"),
                Sending.class.getName(),
                tls.name(),
                store,
                answer));

    assertThat(said).contains(answer);
    assertThat(said.contains(TAKEN)).as(said).isEqualTo(answer.contains(TAKEN));
    assertThat(said.contains(ARRIVED)).as(said).isEqualTo(answer.contains(TAKEN));
  }

  private static String program(String name) {
    return String.join(File.separator, System.getProperty("java.home"), "bin", name);
  }

  private String said(List<String> command) throws Exception {
    Path output = directory.resolve("output");
    Process program =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = Limit.ended(program, 60);
    program.destroyForcibly();
    String said = Files.readString(output);
    assertThat(ended).as(said).isTrue();
    assertThat(program.exitValue()).as(said).isZero();
    return said;
  }

  /**
   * Sends a notice by TLS to a mail server of this process, and prints what became of it, and what
   * arrived: again if that is not the expected answer, as on a slow machine.
   */
  static final class Sending {
    private Sending() {}

    public static void main(String[] words) throws Exception {
      Tls tls = Tls.valueOf(words[0]);
      String expected = words[2];
      ServerSetup smtp =
          new ServerSetup(
              0,
              "127.0.0.1",
              tls == Tls.TLS ? ServerSetup.PROTOCOL_SMTPS : ServerSetup.PROTOCOL_SMTP);
      smtp.setServerStartupTimeout(MAIL_SERVER_UP_WITHIN_MILLIS);
      GreenMail server = new GreenMail(smtp);
      server.start();
      int behind = (tls == Tls.TLS ? server.getSmtps() : server.getSmtp()).getPort();
      try (StartTlsFront front = new StartTlsFront(Path.of(words[1]), SECRET, behind)) {
        String answer = "";
        for (int attempt = 0; attempt < ATTEMPTS && !answer.contains(expected); attempt++) {
          answer = sent(tls, tls == Tls.TLS ? behind : front.port());
          System.out.println(answer);
        }
        for (MimeMessage arrived : server.getReceivedMessages()) {
          System.out.println(arrived.getSubject());
        }
      } finally {
        server.stop();
      }
    }

    private static String sent(Tls tls, int port) {
      ClusterName strait = new ClusterName("strait");
      Mail mail =
          new Mail(
              "127.0.0.1", port, tls, "mooring@example.com", List.of("dba@example.com"), List.of());
      Notice notice =
          new Notice(
              "mooring-notice:strait:r1:1",
              strait,
              Event.WAITS,
              Severity.CRITICAL,
              new SendingRun("Failover", "mooring:strait:failover", "r1", ""),
              new Message("Failover waits"),
              "2026-01-02T03:04:05Z");
      try {
        return new ChannelNoticeActivities(name -> Optional.empty(), LocalHost.attempt(1))
            .ensureNoticed(
                new EnsureNoticed(
                    new Call(strait, "r1", "NOTICE", 0, Epoch.NONE),
                    new Channel("mail", Kind.MAIL, "", Severity.CRITICAL, List.of(), List.of(mail)),
                    notice))
            .answer();
      } catch (RuntimeException unsent) {
        return Stream.<Throwable>iterate(unsent, Objects::nonNull, Throwable::getCause)
            .map(Throwable::getMessage)
            .collect(joining(": "));
      }
    }
  }
}
