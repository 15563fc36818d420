package dev.mooring.dev.architecture.control.topology;

/** Helps. */
final class InstanceHelper {}
