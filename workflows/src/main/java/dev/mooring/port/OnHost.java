package dev.mooring.port;

/** A request to a port about instances of one host. */
public interface OnHost extends ForCall {

  /** The host, and which of its instances. */
  HostWork on();
}
