package dev.mooring.dev.architecture.control.activities.jdbc;

import dev.mooring.dev.architecture.control.worker.TheWorker;

/** Knows what it must not. */
record KnowsTheWorker(TheWorker known) {}
