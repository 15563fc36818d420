package dev.mooring.activities.notice;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.Secrets;
import dev.mooring.port.NoticeActivities.Noticed;
import dev.mooring.topology.NoticePolicy.Mail;
import dev.mooring.topology.NoticePolicy.MailLogin;
import dev.mooring.topology.NoticePolicy.Tls;
import jakarta.mail.Address;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** E-mail by SMTP. */
final class Mailer {
  private final Secrets secrets;
  private final Attempt attempt;
  private final Duration within;

  Mailer(Secrets secrets, Attempt attempt, Duration within) {
    this.secrets = secrets;
    this.attempt = attempt;
    this.within = within;
  }

  Noticed send(Mail mail, NoticeText text) {
    // first: an attempt that ends before this, as by a password that can't be read, forgets it
    List<String> before = attempt.reportedBefore();
    Optional<MailLogin> login = mail.login().stream().findFirst();
    String password =
        login
            .map(one -> secrets.text("the password of " + one.user(), one.password()).strip())
            .orElse(null);
    Session session = Session.getInstance(settings(mail, login.isPresent()));
    try (Transport transport = session.getTransport("smtp")) {
      MimeMessage message = new Keyed(session, text.key());
      message.setFrom(new InternetAddress(mail.sender()));
      for (String to : mail.to()) {
        message.addRecipient(RecipientType.TO, new InternetAddress(to));
      }
      message.setSubject(text.subject(), StandardCharsets.UTF_8.name());
      message.setText(text.plain(), StandardCharsets.UTF_8.name());
      message.saveChanges();
      Address[] left =
          Arrays.stream(message.getAllRecipients())
              .filter(to -> !before.contains(to.toString()))
              .toArray(Address[]::new);
      transport.connect(
          mail.server(), mail.port(), login.map(MailLogin::user).orElse(null), password);
      try {
        transport.sendMessage(message, left);
      } catch (SendFailedException partly) {
        return accepted(mail, before, words(left), partly);
      }
      return new Noticed(mail.server() + " took it for " + String.join(", ", mail.to()));
    } catch (MessagingException refused) {
      throw ChannelNoticeActivities.failed(
          mail.server() + " took no mail: " + refused.getMessage(), refused);
    }
  }

  /**
   * An address that the server refuses for good (5xx) is reported. One that it refuses for the
   * moment (4xx, as greylisting does) fails the attempt: the next one is for those alone that have
   * not accepted it. So does a mail that no address has accepted.
   */
  private Noticed accepted(
      Mail mail, List<String> before, List<String> asked, SendFailedException partly) {
    List<String> taken = new ArrayList<>(before);
    taken.addAll(words(partly.getValidSentAddresses()));
    List<String> refused = words(partly.getInvalidAddresses());
    List<String> later =
        asked.stream().filter(to -> !taken.contains(to) && !refused.contains(to)).toList();
    if (later.isEmpty() && !taken.isEmpty()) {
      return new Noticed(
          String.format(
              "%s took it for %s; it refused %s for good: %s",
              mail.server(), String.join(", ", taken), String.join(", ", refused), why(partly)));
    }
    if (taken.size() > before.size()) {
      attempt.report(taken);
    }
    throw ChannelNoticeActivities.failed(
        String.format(
            "%s took no mail for %s: %s",
            mail.server(), String.join(", ", later.isEmpty() ? refused : later), why(partly)),
        partly);
  }

  private static List<String> words(Address @Nullable [] addresses) {
    return addresses == null ? List.of() : Arrays.stream(addresses).map(Address::toString).toList();
  }

  /** What the server answered to the mail if it refused that, and for each refused address. */
  private static String why(SendFailedException partly) {
    List<String> answers = new ArrayList<>();
    for (Exception next = partly.getNextException();
        next instanceof MessagingException one;
        next = one.getNextException()) {
      answers.add(String.valueOf(one.getMessage()).strip());
    }
    String last = String.valueOf(partly.getMessage()).strip();
    if (answers.isEmpty() || (last.matches("(?s)[45].*") && !last.equals(answers.get(0)))) {
      answers.add(0, last);
    }
    return String.join("; ", answers);
  }

  private Properties settings(Mail mail, boolean login) {
    String millis = Long.toString(within.toMillis());
    Properties settings = new Properties();
    settings.setProperty("mail.smtp.connectiontimeout", millis);
    settings.setProperty("mail.smtp.timeout", millis);
    settings.setProperty("mail.smtp.writetimeout", millis);
    settings.put("mail.smtp.socketFactory", new BoundedSockets());
    settings.setProperty("mail.smtp.socketFactory.fallback", "false");
    settings.setProperty("mail.smtp.sendpartial", "true");
    settings.setProperty("mail.smtp.auth", Boolean.toString(login));
    settings.setProperty("mail.smtp.ssl.enable", Boolean.toString(mail.tls() == Tls.TLS));
    settings.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    if (mail.tls() == Tls.STARTTLS) {
      settings.setProperty("mail.smtp.starttls.enable", "true");
      settings.setProperty("mail.smtp.starttls.required", "true");
    }
    return settings;
  }

  /** A message whose id is the notice's key: mail programs show a repeated one as the same. */
  private static final class Keyed extends MimeMessage {
    private final String key;

    Keyed(Session session, String key) {
      super(session);
      this.key = key;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", "<" + key.replace(':', '.') + "@mooring>");
    }
  }
}
