package dev.mooring.dev.architecture.control.runbook.replay;

import org.slf4j.LoggerFactory;

/** Says everything again in each replay. */
final class Logs {
  private Logs() {}

  static void say() {
    LoggerFactory.getLogger(Logs.class).info("said again");
  }
}
