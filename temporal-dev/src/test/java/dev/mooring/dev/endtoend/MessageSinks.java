package dev.mooring.dev.endtoend;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mooring.contract.Limit;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server and a webhook that take what the person on call is sent. */
final class MessageSinks implements AutoCloseable {
  /** Where the notices say that Temporal's Web UI is. */
  static final String WEB_UI = "https://temporal.example.org";

  private final GreenMail mails;
  private final HttpServer webhook;
  private final List<String> posted = new CopyOnWriteArrayList<>();

  MessageSinks() throws IOException {
    ServerSetup smtp = new ServerSetup(0, "127.0.0.1", "smtp");
    smtp.setServerStartupTimeout(Limit.seconds(60).toMillis());
    mails = new GreenMail(smtp);
    mails.start();
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext("/", this::take);
    webhook.start();
  }

  private void take(HttpExchange call) throws IOException {
    posted.add(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    call.sendResponseHeaders(204, -1);
    call.close();
  }

  /** The section of a cluster file that sends notices to both. */
  String notices() {
    return """
    notices:
      webUi: %s
      channels:
        - {name: pager, webhook: {url: "http://127.0.0.1:%d/pager"}}
        - {name: mail, mail: {server: 127.0.0.1, port: %d, tls: none, sender: mooring@example.org, to: [dba@example.org]}}
    """
        .formatted(WEB_UI, webhook.getAddress().getPort(), mails.getSmtp().getPort());
  }

  /** What the webhook was sent, as JSON. */
  List<String> posted() {
    return List.copyOf(posted);
  }

  /** Subject and text of each mail. */
  List<String> mailed() {
    return Arrays.stream(mails.getReceivedMessages()).map(MessageSinks::text).toList();
  }

  private static String text(MimeMessage mail) {
    try {
      return "Subject: "
          + mail.getSubject()
          + "\n\n"
          + mail.getContent().toString().replace("\r\n", "\n");
    } catch (MessagingException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    mails.stop();
    webhook.stop(0);
  }
}
