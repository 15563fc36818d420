package dev.mooring.starter;

/** How a report is written. */
enum ReportFormat {
  /** Markdown, for people. */
  MD,
  /** For programs. */
  JSON
}
