/** What those need who come from the reference tool whpg_dr_sync: its configuration, imported. */
@NullMarked
package dev.mooring.starter.whpgdrsync;

import org.jspecify.annotations.NullMarked;
