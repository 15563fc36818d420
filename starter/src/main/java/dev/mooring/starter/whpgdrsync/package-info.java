/** What users of the reference tool whpg_dr_sync need: its configuration, imported. */
@NullMarked
package dev.mooring.starter.whpgdrsync;

import org.jspecify.annotations.NullMarked;
