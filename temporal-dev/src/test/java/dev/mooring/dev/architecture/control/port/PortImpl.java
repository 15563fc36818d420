package dev.mooring.dev.architecture.control.port;

/** Says that it is an implementation. */
final class PortImpl implements IPort {}
