package dev.mooring.dev.architecture.control.util;

/** Whatever. */
final class Drawer {}
