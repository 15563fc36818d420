package dev.mooring.dev.lab;

/** The signals a lab sends. */
public enum Signal {
  /** Ends the process without a chance to tidy up. */
  KILL,
  /** Freezes it: it keeps its sockets and answers nobody. */
  STOP,
  /** Thaws it. */
  CONT,
  /** To a postmaster: it reads its configuration again. */
  HUP,
  /** Asks it to end. */
  TERM,
  /** To a postmaster: immediate shutdown, shared memory removed. */
  QUIT
}
