package dev.mooring.port;

/** What is asked of a port about instances of one host. */
public interface OnHost extends ForCall {

  /** The host, and which of its instances. */
  HostWork on();
}
