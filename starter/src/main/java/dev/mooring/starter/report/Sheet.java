package dev.mooring.starter.report;

import java.util.List;

/** The output of a report: Markdown or HTML. Nothing of a text is taken for markup. */
interface Sheet {

  /** The page's title, and the sentence below it. */
  void title(String title, String sentence);

  /** Begins a section. */
  void section(String title);

  /** A sentence in a paragraph of its own. */
  void sentence(String text);

  /**
   * A table.
   *
   * @param headings of its columns, which may be empty
   * @param rows each with a cell for each column
   */
  void table(List<String> headings, List<List<String>> rows);

  /** A list. */
  void list(List<String> entries);

  /** A picture of when each act ran on which host, if a sheet can show one. */
  void picture(RunReport report);
}
