package dev.mooring.starter.report;

import dev.mooring.quoting.MarkdownText;
import java.util.ArrayList;
import java.util.List;

/** A report as Markdown: a page for a ticket or an auditor's folder. */
final class MarkdownSheet implements Sheet {
  private final List<String> lines = new ArrayList<>();

  List<String> lines() {
    return lines;
  }

  @Override
  public void title(String title, String sentence) {
    lines.add("# " + title);
    lines.add("");
    lines.add(MarkdownText.of(sentence));
  }

  @Override
  public void section(String title) {
    lines.add("");
    lines.add("## " + title);
    lines.add("");
  }

  @Override
  public void sentence(String text) {
    lines.add(MarkdownText.of(text));
  }

  @Override
  public void table(List<String> headings, List<List<String>> rows) {
    if (!lines.get(lines.size() - 1).isEmpty()) {
      lines.add("");
    }
    boolean named = headings.stream().anyMatch(heading -> !heading.isEmpty());
    lines.add(named ? row(headings) : "|" + " |".repeat(headings.size()));
    lines.add("|" + " --- |".repeat(headings.size()));
    rows.forEach(row -> lines.add(row(row)));
  }

  private static String row(List<String> cells) {
    return "| "
        + String.join(
            " | ", cells.stream().map(c -> c.isEmpty() ? "-" : MarkdownText.of(c)).toList())
        + " |";
  }

  @Override
  public void list(List<String> entries) {
    entries.forEach(entry -> lines.add("- " + MarkdownText.of(entry)));
  }

  @Override
  public void picture(RunReport report) {
    // Markdown has none
  }
}
