package dev.mooring.starter;

/** How an answer is given. */
enum Format {
  /** Lines for a person. */
  TABLE,
  /** JSON for a program. */
  JSON,
  /** Prometheus's text form, for a scraper or a text-file collector. */
  PROMETHEUS
}
