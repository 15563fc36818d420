package dev.mooring.starter;

/** How a run's ending is told. */
enum RunFormat {
  /** Lines for a person. */
  TABLE,
  /** One JSON document, for a program. */
  JSON
}
