package dev.mooring.activities.notice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.quoting.Printable;
import java.util.Locale;

/**
 * The text of a notice for each kind of channel, with control characters escaped.
 *
 * @param notice the notice to send
 */
record NoticeText(Notice notice) {
  private static final int SUBJECT = 120;

  String key() {
    return Printable.line(notice.key());
  }

  private String severity() {
    return notice.severity().name().toLowerCase(Locale.ROOT);
  }

  String headline() {
    return Printable.line(notice.message().headline());
  }

  /** The subject: one line for lists of messages. */
  String subject() {
    String line =
        String.format("[mooring] %s %s: %s", notice.severity(), notice.cluster(), headline())
            .replaceAll("\\s+", " ");
    return line.length() <= SUBJECT ? line : line.substring(0, SUBJECT - 1) + "…";
  }

  /** The whole notice, as lines. */
  String plain() {
    StringBuilder text = new StringBuilder(headline()).append("\n");
    if (!notice.message().lines().isEmpty()) {
      text.append("\n");
      notice
          .message()
          .lines()
          .forEach(line -> text.append("- ").append(Printable.line(line)).append("\n"));
    }
    if (!notice.message().next().isEmpty()) {
      text.append("\nnext: ").append(Printable.line(notice.message().next())).append("\n");
    }
    text.append("\nrun: ")
        .append(notice.run().workflowId())
        .append(" of ")
        .append(notice.cluster());
    text.append(" at ").append(notice.at()).append("\n");
    if (!notice.run().link().isEmpty()) {
      text.append(notice.run().link()).append("\n");
    }
    return Printable.escaped(text.toString());
  }

  /** A JSON object of format version 1. */
  String json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", 1)
            .put("key", notice.key())
            .put("cluster", notice.cluster().value())
            .put("event", notice.event().name().toLowerCase(Locale.ROOT))
            .put("severity", severity())
            .put("runbook", notice.run().runbook())
            .put("workflowId", notice.run().workflowId())
            .put("runId", notice.run().runId())
            .put("headline", notice.message().headline())
            .put("next", notice.message().next())
            .put("at", notice.at())
            .put("link", notice.run().link());
    notice.message().lines().forEach(json.putArray("lines")::add);
    return Printable.escaped(json.toString());
  }

  /** The payload of Slack's incoming webhooks, in which three characters are markup. */
  String slack() {
    String text = subject() + "\n" + plain();
    return new ObjectMapper()
        .createObjectNode()
        .put("text", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        .toString();
  }
}
