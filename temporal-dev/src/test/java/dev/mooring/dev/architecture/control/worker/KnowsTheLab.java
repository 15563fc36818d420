package dev.mooring.dev.architecture.control.worker;

import dev.mooring.dev.architecture.control.dev.TheLab;

/** Knows what it must not. */
record KnowsTheLab(TheLab known) {}
