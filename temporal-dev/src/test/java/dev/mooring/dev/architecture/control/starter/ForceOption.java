package dev.mooring.dev.architecture.control.starter;

import picocli.CommandLine.Option;

/** Turns every check off, from the terminal. */
final class ForceOption {
  @Option(names = "--force")
  private boolean anyway;

  boolean anyway() {
    return anyway;
  }
}
