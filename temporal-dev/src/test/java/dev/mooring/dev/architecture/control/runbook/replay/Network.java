package dev.mooring.dev.architecture.control.runbook.replay;

import java.net.URI;

/** Asks somebody. */
final class Network {
  private Network() {}

  static String host(URI address) {
    return String.valueOf(address.getHost());
  }
}
