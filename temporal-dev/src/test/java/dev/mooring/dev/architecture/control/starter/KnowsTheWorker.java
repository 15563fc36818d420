package dev.mooring.dev.architecture.control.starter;

import dev.mooring.dev.architecture.control.worker.TheWorker;

/** Knows what it must not. */
record KnowsTheWorker(TheWorker known) {}
