package dev.mooring.activities.notice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.NoticeActivities.Notice;
import java.util.Locale;

/**
 * A notice in the words of its channels.
 *
 * @param notice the notice to send
 */
record NoticeText(Notice notice) {
  private static final int SUBJECT = 120;

  String key() {
    return notice.key();
  }

  private String severity() {
    return notice.severity().name().toLowerCase(Locale.ROOT);
  }

  /** One line for lists of messages. */
  String subject() {
    String line =
        String.format("[mooring] %s %s: %s", notice.severity(), notice.cluster(), notice.headline())
            .replaceAll("\\s+", " ");
    return line.length() <= SUBJECT ? line : line.substring(0, SUBJECT - 1) + "…";
  }

  /** All of it, as lines. */
  String plain() {
    StringBuilder text = new StringBuilder(notice.headline()).append("\n");
    if (!notice.lines().isEmpty()) {
      text.append("\n");
      notice.lines().forEach(line -> text.append("- ").append(line).append("\n"));
    }
    if (!notice.next().isEmpty()) {
      text.append("\nnext: ").append(notice.next()).append("\n");
    }
    text.append("\nrun: ").append(notice.workflowId()).append(" of ").append(notice.cluster());
    text.append(" at ").append(notice.at()).append("\n");
    if (!notice.link().isEmpty()) {
      text.append(notice.link()).append("\n");
    }
    return text.toString();
  }

  /** As an object of its own format, version 1. */
  String json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", 1)
            .put("key", notice.key())
            .put("cluster", notice.cluster().value())
            .put("event", notice.event().name().toLowerCase(Locale.ROOT))
            .put("severity", severity())
            .put("runbook", notice.runbook())
            .put("workflowId", notice.workflowId())
            .put("runId", notice.runId())
            .put("headline", notice.headline())
            .put("next", notice.next())
            .put("at", notice.at())
            .put("link", notice.link());
    notice.lines().forEach(json.putArray("lines")::add);
    return json.toString();
  }

  /** As Slack's incoming webhooks take it: three characters are its markup. */
  String slack() {
    String text = subject() + "\n" + plain();
    return new ObjectMapper()
        .createObjectNode()
        .put("text", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        .toString();
  }
}
