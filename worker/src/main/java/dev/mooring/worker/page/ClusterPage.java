package dev.mooring.worker.page;

import dev.mooring.quoting.HtmlText;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.MemberRow;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.worker.page.ClusterSeen.WaitingRun;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;

/**
 * The page as HTML: the verdict first, the worst cluster first, and for each cluster the runs that
 * wait for a person before all else. It needs no script, fits a phone, and reloads itself.
 */
final class ClusterPage {
  private static final int AGAIN_AFTER_SECONDS = 15;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8886; --soft: #8882; }
      body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 70rem;
        padding: 1rem; overflow-wrap: anywhere; }
      h1 { font-size: 1.35rem; margin: 0 0 .2rem; }
      h2 { font-size: 1.1rem; margin: 0 0 .4rem; }
      section { border: 1px solid var(--line); border-left: .5rem solid #2a7d46;
        border-radius: .4rem; padding: .8rem; margin: 1rem 0; }
      section.warning { border-left-color: #b7791f; }
      section.critical { border-left-color: #c53030; }
      .badge { border-radius: .3rem; color: #fff; background: #2a7d46; font-size: .8rem;
        padding: .1rem .45rem; }
      .badge.warning { background: #96600f; }
      .badge.critical { background: #c53030; }
      .badge.note { background: #4a5568; }
      .waits { background: var(--soft); border-radius: .4rem; padding: .6rem; margin: .6rem 0; }
      code { background: var(--soft); border-radius: .2rem; padding: .1rem .3rem; }
      ul { padding-left: 1.1rem; margin: .4rem 0; }
      li { margin: .3rem 0; }
      .fix { margin-top: -.6rem; }
      .table { overflow-x: auto; }
      table { border-collapse: collapse; font-size: .9rem; }
      th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: left;
        white-space: nowrap; }
      .soft { opacity: .75; font-size: .85rem; }
      """;

  private final StringBuilder html = new StringBuilder();

  private ClusterPage() {}

  /**
   * The page.
   *
   * @param at when the last of them was read
   */
  static String of(List<ClusterSeen> clusters, Instant at) {
    ClusterPage page = new ClusterPage();
    page.head(clusters, at);
    clusters.stream()
        .sorted(
            Comparator.comparing(
                    (ClusterSeen one) -> one.waiting().stream().anyMatch(WaitingRun::waits))
                .thenComparing(ClusterSeen::worst)
                .reversed()
                .thenComparing(ClusterSeen::cluster))
        .forEach(page::cluster);
    page.html.append("</body></html>\n");
    return page.html.toString();
  }

  private void head(List<ClusterSeen> clusters, Instant at) {
    String verdict = verdict(clusters);
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<meta http-equiv=\"refresh\" content=\"" + AGAIN_AFTER_SECONDS + "\">")
        .append("<title>")
        .append(HtmlText.of(verdict))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(HtmlText.of(verdict))
        .append("</h1>\n<p class=\"soft\">read at ")
        .append(at.truncatedTo(ChronoUnit.SECONDS))
        .append("; this page loads itself again every " + AGAIN_AFTER_SECONDS + " s</p>\n");
  }

  private static String verdict(List<ClusterSeen> clusters) {
    List<WaitingRun> runs = clusters.stream().flatMap(one -> one.waiting().stream()).toList();
    long waiting = runs.stream().filter(WaitingRun::waits).count();
    long unasked = runs.size() - waiting;
    long good = clusters.stream().filter(ClusterSeen::isGood).count();
    String state =
        clusters.isEmpty()
            ? "There is no cluster file"
            : clusters.size() == 1
                ? clusters.get(0).cluster() + " is " + state(clusters.get(0))
                : good == clusters.size()
                    ? "All clusters are good"
                    : good + " of " + clusters.size() + " clusters are good";
    return (waiting == 0 ? "" : runs(waiting, "waits", "wait") + " for a person. ")
        + (unasked == 0 ? "" : runs(unasked, "can't", "can't") + " be asked. ")
        + state;
  }

  private static String runs(long number, String does, String theyDo) {
    return number == 1 ? "A run " + does : number + " runs " + theyDo;
  }

  private void cluster(ClusterSeen seen) {
    String kind = seen.isGood() ? "good" : seen.worst().level();
    html.append("<section class=\"").append(kind).append("\"><h2>");
    html.append(HtmlText.of(seen.cluster().value())).append(" ");
    badge(kind, state(seen));
    html.append("</h2>\n");
    seen.waiting().forEach(this::waits);
    seen.status().ifPresentOrElse(this::status, () -> unseen(seen));
    html.append("</section>\n");
  }

  private static String state(ClusterSeen seen) {
    return seen.isGood() ? "good" : seen.status().isEmpty() ? "unknown" : seen.worst().level();
  }

  private void badge(String kind, String words) {
    html.append("<span class=\"badge ").append(kind).append("\">").append(words).append("</span>");
  }

  private void unseen(ClusterSeen seen) {
    html.append("<p>").append(HtmlText.of(seen.why())).append("</p>\n");
    fix("`mooring whois " + seen.cluster() + "` needs no Temporal");
  }

  private void waits(WaitingRun run) {
    html.append("<div class=\"waits\"><strong>").append(HtmlText.of(run.runbook()));
    html.append("</strong>: ").append(code(run.headline()));
    list(run.plan());
    html.append("<p>All of it: <code>").append(HtmlText.of(run.command())).append("</code>");
    if (!run.link().isEmpty()) {
      html.append(" or <a href=\"").append(HtmlText.of(run.link())).append("\">");
      html.append(HtmlText.of(run.workflowId())).append("</a>");
    }
    html.append("</p></div>\n");
  }

  private void status(StatusResult status) {
    list(status.verdicts());
    for (CheckRow finding : status.findings()) {
      html.append("<p>");
      badge(finding.verdict().level(), finding.verdict().level());
      html.append(" ").append(HtmlText.of(finding.asFinding())).append("</p>\n");
      fix(finding.remedy());
    }
    list(status.runs());
    members(status.members());
    instances(status);
    html.append("<p class=\"soft\">as ")
        .append(code(Commands.status(status.cluster())))
        .append(" shows it, read at ")
        .append(status.lookedAt().truncatedTo(ChronoUnit.SECONDS))
        .append("</p>\n");
  }

  private void fix(String remedy) {
    if (!remedy.isEmpty()) {
      html.append("<p class=\"fix\">fix: ").append(code(remedy)).append("</p>\n");
    }
  }

  private void list(List<String> lines) {
    if (!lines.isEmpty()) {
      html.append("<ul>");
      lines.forEach(line -> html.append("<li>").append(code(line)).append("</li>"));
      html.append("</ul>\n");
    }
  }

  private void members(List<MemberRow> members) {
    if (!members.isEmpty()) {
      header(
          "member", "role", "state", "timeline", "lag bytes", "replay s", "sync", "site", "host");
      for (MemberRow row : members) {
        row(
            row.instance().value(),
            row.role(),
            row.state(),
            row.place().timeline(),
            row.stream().lag().bytes(),
            row.stream().lag().seconds(),
            row.stream().sync(),
            row.site().value(),
            row.host().value());
      }
      html.append("</table></div>\n");
      html.append("<p class=\"soft\">")
          .append(members.get(0).stream().lag().limits().inWords())
          .append("</p>\n");
    }
  }

  /** Instances that are no members. */
  private void instances(StatusResult status) {
    List<InstanceRow> others =
        status.instances().stream()
            .filter(
                row ->
                    status.members().stream().noneMatch(m -> m.instance().equals(row.instance())))
            .toList();
    if (!others.isEmpty()) {
      header("content", "instance", "state", "timeline", "LSN", "site", "host");
      for (InstanceRow row : others) {
        row(
            row.content().toString(),
            row.instance().value(),
            row.state(),
            row.timeline(),
            row.lsn(),
            row.site().value(),
            row.host().value());
      }
      html.append("</table></div>\n");
    }
  }

  private void header(String... cells) {
    html.append("<div class=\"table\"><table><tr>");
    List.of(cells).forEach(cell -> html.append("<th>").append(cell).append("</th>"));
    html.append("</tr>\n");
  }

  private void row(String... cells) {
    html.append("<tr>");
    List.of(cells).forEach(cell -> html.append("<td>").append(HtmlText.of(cell)).append("</td>"));
    html.append("</tr>\n");
  }

  /** Text between backquotes is to be typed. */
  private static String code(String remedy) {
    return HtmlText.of(remedy).replaceAll("`([^`]+)`", "<code>$1</code>");
  }
}
