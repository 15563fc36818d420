package dev.mooring.dev.architecture.control.activities.archive;

/** An adapter. */
public final class TheArchive {}
