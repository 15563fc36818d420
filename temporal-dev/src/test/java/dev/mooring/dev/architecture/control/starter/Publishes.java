package dev.mooring.dev.architecture.control.starter;

import dev.mooring.dev.architecture.control.activities.archive.TheArchive;

/** Knows what it must not. */
record Publishes(TheArchive known) {}
