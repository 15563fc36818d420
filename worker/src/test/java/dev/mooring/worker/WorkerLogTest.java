package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The worker's log as logback.xml writes it for a person. */
class WorkerLogTest {
  @Test
  void control_characters_of_a_server_are_shown() throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator shipped = new JoranConfigurator();
    shipped.setContext(context);
    shipped.doConfigure(Objects.requireNonNull(WorkerMain.class.getResource("/logback.xml")));
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> appender =
        (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");

    byte[] line =
        appender
            .getEncoder()
            .encode(
                new LoggingEvent(
                    "",
                    root,
                    Level.WARN,
                    "database \u001b]0;x",
                    new IllegalStateException("\u001b[2J"),
                    null));
    assertThat(new String(line, StandardCharsets.UTF_8))
        .contains("database \\u001b]0;x\n", "IllegalStateException: \\u001b[2J\n")
        .doesNotContain("\u001b");
  }
}
