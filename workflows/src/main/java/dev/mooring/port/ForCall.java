package dev.mooring.port;

/** What is asked of a port on behalf of a step of a run. */
public interface ForCall {

  /** Which run, step and epoch ask. */
  Call call();
}
