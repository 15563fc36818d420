package dev.mooring.starter.report;

import dev.mooring.quoting.HtmlText;
import java.util.List;

/** A report as one HTML file that needs nothing beside it: no script, no picture, no font. */
final class HtmlSheet implements Sheet {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8886; --soft: #8882; }
      body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 75rem;
        padding: 1rem; overflow-wrap: anywhere; }
      h1 { font-size: 1.35rem; margin: 0 0 .3rem; }
      h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; font-size: .92rem; }
      th, td { border-bottom: 1px solid var(--line); padding: .25rem .7rem .25rem 0;
        text-align: left; vertical-align: top; }
      td:first-child { min-width: 6rem; }
      svg { display: block; min-width: 46rem; width: 100%; margin: .6rem 0;
        font: 12px system-ui, sans-serif; fill: currentColor; }
      """;

  private final StringBuilder html = new StringBuilder();

  String html() {
    return html + "</body></html>\n";
  }

  @Override
  public void title(String title, String sentence) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
        .append(HtmlText.of(title))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>")
        .append(HtmlText.of(title))
        .append("</h1>\n");
    sentence(sentence);
  }

  @Override
  public void section(String title) {
    html.append("<h2>").append(HtmlText.of(title)).append("</h2>\n");
  }

  @Override
  public void sentence(String sentence) {
    html.append("<p>").append(HtmlText.of(sentence)).append("</p>\n");
  }

  @Override
  public void table(List<String> headings, List<List<String>> rows) {
    html.append("<div class=\"wide\"><table>\n");
    if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
      row("th", headings);
    }
    rows.forEach(row -> row("td", row));
    html.append("</table></div>\n");
  }

  private void row(String kind, List<String> cells) {
    html.append("<tr>");
    for (String cell : cells) {
      html.append('<').append(kind).append('>').append(HtmlText.of(cell));
      html.append("</").append(kind).append('>');
    }
    html.append("</tr>\n");
  }

  @Override
  public void list(List<String> entries) {
    html.append("<ul>");
    entries.forEach(entry -> html.append("<li>").append(HtmlText.of(entry)).append("</li>"));
    html.append("</ul>\n");
  }

  @Override
  public void picture(RunReport report) {
    html.append("<div class=\"wide\">").append(Timeline.of(report)).append("</div>\n");
    sentence(
        "Blue: the steps, orange: the point of no return. Green: what ran at that host or site."
            + " Red: what failed or was undone. Point at a bar to read what it was.");
  }
}
