package dev.mooring.activities.notice;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.NoticeActivities;
import dev.mooring.port.NoticeActivities.Noticed;
import dev.mooring.topology.NoticePolicy.Mail;
import dev.mooring.topology.NoticePolicy.MailLogin;
import dev.mooring.topology.NoticePolicy.Tls;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;

/** E-mail by SMTP. */
final class Mailer {
  private final Secrets secrets;

  Mailer(Secrets secrets) {
    this.secrets = secrets;
  }

  Noticed send(Mail mail, NoticeText text) {
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
      transport.connect(
          mail.server(), mail.port(), login.map(MailLogin::user).orElse(null), password);
      transport.sendMessage(message, message.getAllRecipients());
      return new Noticed(mail.server() + " took it for " + String.join(", ", mail.to()));
    } catch (SendFailedException partly) {
      if (partly.getValidSentAddresses() == null || partly.getValidSentAddresses().length == 0) {
        throw ChannelNoticeActivities.failed(
            mail.server() + " took no mail: " + partly.getMessage(), partly);
      }
      return new Noticed(
          String.format(
              "%s took it for %s alone",
              mail.server(), Arrays.toString(partly.getValidSentAddresses())));
    } catch (MessagingException refused) {
      throw ChannelNoticeActivities.failed(
          mail.server() + " took no mail: " + refused.getMessage(), refused);
    }
  }

  private static Properties settings(Mail mail, boolean login) {
    String within = Long.toString(NoticeActivities.WITHIN.toMillis());
    Properties settings = new Properties();
    settings.setProperty("mail.smtp.connectiontimeout", within);
    settings.setProperty("mail.smtp.timeout", within);
    settings.setProperty("mail.smtp.writetimeout", within);
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
