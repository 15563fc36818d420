package dev.mooring.starter;

/** How a report is written. */
enum ReportFormat {
  /** Markdown, for people. */
  MD,
  /** One HTML file with a picture, for people. */
  HTML,
  /** For programs. */
  JSON
}
