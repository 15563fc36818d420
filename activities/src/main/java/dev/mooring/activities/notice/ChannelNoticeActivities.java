package dev.mooring.activities.notice;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.LocalCommand;
import dev.mooring.activities.host.LocalCommand.End;
import dev.mooring.activities.host.Secrets;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities;
import dev.mooring.quoting.ShellTemplate;
import dev.mooring.topology.NoticePolicy.Channel;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends notices from the worker's machine. */
public final class ChannelNoticeActivities implements NoticeActivities {
  private final Secrets secrets;
  private final Attempt attempt;
  private final Duration within;

  /**
   * @param environment where variables are looked up
   */
  public ChannelNoticeActivities(Function<String, Optional<String>> environment, Attempt attempt) {
    this(environment, attempt, WITHIN);
  }

  /**
   * The same.
   *
   * @param within how long a channel may take for an answer
   */
  ChannelNoticeActivities(
      Function<String, Optional<String>> environment, Attempt attempt, Duration within) {
    this.secrets = new Secrets(environment);
    this.attempt = attempt;
    this.within = within;
  }

  @Override
  public Noticed ensureNoticed(EnsureNoticed request) {
    Channel channel = request.channel();
    NoticeText text = new NoticeText(request.notice());
    try {
      return switch (channel.kind()) {
        case WEBHOOK -> new Webhook(secrets, within).post(channel, text.json(), text.key());
        case SLACK -> new Webhook(secrets, within).post(channel, text.slack(), text.key());
        case MAIL -> new Mailer(secrets, attempt, within).send(channel.mail().get(0), text);
        case COMMAND -> run(channel, text);
      };
    } catch (Secrets.Unusable unusable) {
      throw failed(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Noticed run(Channel channel, NoticeText text) {
    Notice notice = text.notice();
    String command =
        ShellTemplate.fill(
            channel.to(),
            Map.of(
                "headline", text.headline(),
                "text", text.plain(),
                "json", text.json(),
                "severity", notice.severity().name().toLowerCase(Locale.ROOT),
                "cluster", notice.cluster().value(),
                "key", text.key()));
    End end = LocalCommand.run(command, within);
    if (end instanceof End.Exited exited && exited.status() == 0) {
      return new Noticed("its command " + end.inWords());
    }
    throw failed("its command " + end.inWords(), null);
  }

  /** Nothing is known to have arrived. */
  static ApplicationFailure failed(String why, @Nullable Throwable cause) {
    return HostFailures.of(FailureCode.NOT_NOTICED, why, cause);
  }
}
