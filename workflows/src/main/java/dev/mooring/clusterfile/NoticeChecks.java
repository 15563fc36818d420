package dev.mooring.clusterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Checks the section {@code notices} beyond its schema. */
final class NoticeChecks {
  private NoticeChecks() {}

  static List<Problem> of(Setting file) {
    List<Problem> problems = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    for (Setting channel : file.at("notices").at("channels").items()) {
      Integer first = names.putIfAbsent(channel.at("name").text(), channel.line());
      if (first != null) {
        problems.add(
            channel.at("name").problem("the channel in line " + first + " has this name too"));
      }
      List<Setting> kinds =
          Stream.of("webhook", "mail", "command").map(channel::at).filter(Setting::given).toList();
      if (kinds.size() != 1) {
        problems.add(
            channel.problem(
                "a channel is one of webhook, mail and command. HINT: give one of them."));
      }
      Setting webhook = channel.at("webhook");
      if (webhook.given() && webhook.at("token").given() && inPlain(webhook.at("url").text())) {
        problems.add(
            webhook.at("url").problem("the token would be sent in plain. HINT: use https."));
      }
      Setting mail = channel.at("mail");
      if (mail.given()
          && mail.at("user").given()
          && mail.at("tls").text().equals("none")
          && !isHere(mail.at("server").text())) {
        problems.add(
            mail.at("tls")
                .problem("the password would be sent in plain. HINT: use starttls or tls."));
      }
      if (mail.given() && mail.at("user").given() != mail.at("password").given()) {
        problems.add(mail.problem("user and password go together. HINT: give both, or neither."));
      }
    }
    return problems;
  }

  private static boolean inPlain(String url) {
    return url.startsWith("http://") && !isHere(url.substring("http://".length()));
  }

  private static boolean isHere(String server) {
    return server.matches("(localhost|127\\.0\\.0\\.1|\\[?::1]?)([:/].*)?");
  }
}
