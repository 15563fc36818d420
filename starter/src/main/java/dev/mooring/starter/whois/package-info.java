/** The right to write: read by this machine itself, with no Temporal between. */
@NullMarked
package dev.mooring.starter.whois;

import org.jspecify.annotations.NullMarked;
