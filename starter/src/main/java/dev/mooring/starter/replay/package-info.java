/** Histories of runs, replayed without a server and read for the receipts that they wrote. */
@NullMarked
package dev.mooring.starter.replay;

import org.jspecify.annotations.NullMarked;
