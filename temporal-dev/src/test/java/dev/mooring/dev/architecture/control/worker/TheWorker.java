package dev.mooring.dev.architecture.control.worker;

/** Part of the worker. */
public final class TheWorker {}
