package dev.mooring.dev.architecture.control.runbook;

import dev.mooring.dev.architecture.control.clusterfile.TheParser;

/** Knows what it must not. */
record ParsesTheClusterFile(TheParser known) {}
