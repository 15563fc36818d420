package dev.mooring.port;

/** A request to a port for a step of a run. */
public interface ForCall {

  /** The run, step and epoch of the caller. */
  Call call();
}
