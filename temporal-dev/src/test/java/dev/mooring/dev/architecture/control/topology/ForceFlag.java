package dev.mooring.dev.architecture.control.topology;

/** Turns every check off. */
record ForceFlag(boolean forceIt) {}
