package dev.mooring.dev.architecture.control.worker;

import dev.mooring.dev.architecture.control.starter.TheStarter;

/** Knows what it must not. */
record KnowsTheStarter(TheStarter known) {}
