package dev.mooring.runbook;

/** Whether a run only says what it would do. */
public enum Mode {
  PLAN,
  EXECUTE
}
