/**
 * What every port promises, as tests that the cluster in memory and the real adapters both pass.
 */
@NullMarked
package dev.mooring.contract;

import org.jspecify.annotations.NullMarked;
