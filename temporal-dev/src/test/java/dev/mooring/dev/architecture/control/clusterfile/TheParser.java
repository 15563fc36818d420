package dev.mooring.dev.architecture.control.clusterfile;

/** Part of the cluster file's reading. */
public final class TheParser {}
