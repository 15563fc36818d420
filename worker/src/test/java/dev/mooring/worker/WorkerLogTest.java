package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The worker's log as it is written for a person, and for a collector. */
@Isolated("takes the error stream of the process")
class WorkerLogTest {
  @Test
  void control_characters_of_a_server_are_shown() throws Exception {
    assertThat(logged("/logback.xml"))
        .contains("database \\u001b]0;x\n  2030", "IllegalStateException: \\u001b[2J\n")
        .doesNotContain("\n2030")
        .doesNotContain("\u001b");
    assertThat(logged("/logback-json.xml"))
        .containsIgnoringCase("database \\u001b]0;x")
        .doesNotContain("\u001b");
  }

  private static String logged(String settings) throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator shipped = new JoranConfigurator();
    call(shipped, "setContext", context);
    call(shipped, "doConfigure", Objects.requireNonNull(WorkerMain.class.getResource(settings)));
    PrintStream terminal = System.err;
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
    try {
      context
          .getLogger("a")
          .warn("database \u001b]0;x\n2030", new IllegalStateException("\u001b[2J"));
    } finally {
      System.setErr(terminal);
    }
    return lines.toString(StandardCharsets.UTF_8);
  }

  /** What Logback's core declares is no dependency of the worker. */
  private static void call(Object of, String name, Object argument) throws Exception {
    for (Method method : of.getClass().getMethods()) {
      if (method.getName().equals(name) && method.getParameterTypes()[0].isInstance(argument)) {
        method.invoke(of, argument);
      }
    }
  }
}
