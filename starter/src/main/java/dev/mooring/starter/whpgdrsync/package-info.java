/** Imports the configuration of the reference tool whpg_dr_sync for its users. */
@NullMarked
package dev.mooring.starter.whpgdrsync;

import org.jspecify.annotations.NullMarked;
