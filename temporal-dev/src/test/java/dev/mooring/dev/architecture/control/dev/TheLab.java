package dev.mooring.dev.architecture.control.dev;

/** Part of the lab. */
public final class TheLab {}
