/** What a first cluster file is made of: servers that are asked, and a Greenplum's instances. */
@NullMarked
package dev.mooring.starter.init;

import org.jspecify.annotations.NullMarked;
