package dev.mooring.clusterfile;

import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Kind;
import dev.mooring.topology.NoticePolicy.Mail;
import dev.mooring.topology.NoticePolicy.MailLogin;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.NoticePolicy.Tls;
import dev.mooring.topology.SecretReference;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The section {@code notices}: how people are notified when a run needs one. */
final class NoticeAssembly {
  private NoticeAssembly() {}

  /** One, of a file with that section; else none. */
  static List<NoticePolicy> of(Setting file) {
    Setting section = file.at("notices");
    return section.given()
        ? List.of(
            new NoticePolicy(
                section.at("webUi").given() ? withoutSlash(section.at("webUi").text()) : "",
                section.at("channels").items().stream()
                    .map(NoticeAssembly::channel)
                    .sorted(Comparator.comparing(Channel::name))
                    .toList()))
        : List.of();
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static Channel channel(Setting one) {
    Setting webhook = one.at("webhook");
    Setting command = one.at("command");
    Setting mail = one.at("mail");
    Kind kind = Kind.COMMAND;
    String to = command.given() ? command.text() : "";
    if (webhook.given()) {
      kind = webhook.at("format").text().equals("slack") ? Kind.SLACK : Kind.WEBHOOK;
      to = webhook.at("url").text();
    } else if (mail.given()) {
      kind = Kind.MAIL;
    }
    return new Channel(
        one.at("name").text(),
        kind,
        to,
        Severity.valueOf(one.at("from").text().toUpperCase(Locale.ROOT)),
        webhook.given() && webhook.at("token").given()
            ? List.of(new SecretReference(webhook.at("token").text()))
            : List.of(),
        mail.given() ? List.of(mail(mail)) : List.of());
  }

  private static Mail mail(Setting mail) {
    return new Mail(
        mail.at("server").text(),
        mail.at("port").number(),
        Tls.valueOf(mail.at("tls").text().toUpperCase(Locale.ROOT)),
        mail.at("sender").text(),
        mail.at("to").items().stream().map(Setting::text).toList(),
        mail.at("user").given()
            ? List.of(
                new MailLogin(
                    mail.at("user").text(), new SecretReference(mail.at("password").text())))
            : List.of());
  }
}
