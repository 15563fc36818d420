package dev.mooring.dev.architecture.control.activities.jdbc;

/** Talks to nobody in particular. */
final class Prints {
  private Prints() {}

  static void hello() {
    System.out.println("hello");
  }
}
