/** PublishCycle: a restore point over all contents, archived and proved. */
@NullMarked
package dev.mooring.runbook.publish;

import org.jspecify.annotations.NullMarked;
