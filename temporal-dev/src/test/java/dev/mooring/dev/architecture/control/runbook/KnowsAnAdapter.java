package dev.mooring.dev.architecture.control.runbook;

import dev.mooring.dev.architecture.control.activities.archive.TheArchive;

/** Knows what it must not. */
record KnowsAnAdapter(TheArchive known) {}
