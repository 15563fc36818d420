/**
 * A laboratory of real PostgreSQL servers and real SSH hosts on one machine: two sites, one of them
 * parked, with everything a test may break and nothing left behind.
 */
@NullMarked
package dev.mooring.dev.lab;

import org.jspecify.annotations.NullMarked;
