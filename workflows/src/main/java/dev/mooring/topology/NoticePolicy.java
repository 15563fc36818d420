package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;

/**
 * How people are notified when a run needs a person.
 *
 * @param webUi where Temporal's Web UI is, for links; or empty
 * @param channels by which people are notified, sorted by name
 */
public record NoticePolicy(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String webUi,
    List<Channel> channels) {
  /** The interval of notices about a condition that recurs. */
  public static final Duration AGAIN_AFTER = Duration.ofHours(4);

  public NoticePolicy {
    channels = List.copyOf(channels);
  }

  /** The channels of notices of that severity, for a notice of any severity. */
  public NoticePolicy ofThose(Severity severity) {
    return new NoticePolicy(
        webUi, channels.stream().filter(one -> one.wants(severity)).map(Channel::forAny).toList());
  }

  /**
   * One way to notify people.
   *
   * @param to the URL, or a secret reference to it; or the command; empty for {@link Kind#MAIL}
   * @param from the least severity that is sent through it
   * @param token the bearer token of a webhook: one, or none
   * @param mail the server and the addresses: one for {@link Kind#MAIL}, else none
   */
  public record Channel(
      String name,
      Kind kind,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String to,
      Severity from,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<SecretReference> token,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Mail> mail) {
    public Channel {
      token = List.copyOf(token);
      mail = List.copyOf(mail);
    }

    /** Whether a notice of that severity is sent through it. */
    public boolean wants(Severity severity) {
      return severity.compareTo(from) >= 0;
    }

    private Channel forAny() {
      return new Channel(name, kind, to, Severity.INFO, token, mail);
    }
  }

  /** The protocol of a channel. */
  public enum Kind {
    /** A POST of the notice as JSON. */
    WEBHOOK,
    /** A POST of its text, as Slack's incoming webhooks take it. */
    SLACK,
    MAIL,
    /** A command on the machine of a worker. */
    COMMAND
  }

  /** The severities, the worst last. */
  public enum Severity {
    /** No action is needed: a fault is over. */
    INFO,
    WARNING,
    /** A run ended, and a person must act before another one can succeed. */
    ERROR,
    /** A run or a cluster needs a person now. */
    CRITICAL
  }

  /**
   * The mail server and addresses.
   *
   * @param login the sender's login: one, or none if the server asks for none
   */
  public record Mail(
      String server, int port, Tls tls, String sender, List<String> to, List<MailLogin> login) {
    public Mail {
      to = List.copyOf(to);
      login = List.copyOf(login);
    }
  }

  /**
   * The sender's login.
   *
   * @param password where it is found; never the password itself
   */
  public record MailLogin(String user, SecretReference password) {}

  /** How the connection to a mail server is encrypted. */
  public enum Tls {
    /** From its first byte. */
    TLS,
    /** After STARTTLS; a server without it is not used. */
    STARTTLS,
    NONE
  }
}
