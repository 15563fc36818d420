package dev.mooring.dev.architecture.control.activities.jdbc;

import dev.mooring.dev.architecture.control.activities.archive.TheArchive;

/** Knows what it must not. */
record KnowsTheArchive(TheArchive known) {}
