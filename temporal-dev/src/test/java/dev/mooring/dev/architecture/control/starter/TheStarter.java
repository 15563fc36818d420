package dev.mooring.dev.architecture.control.starter;

/** Part of the command line. */
public final class TheStarter {}
