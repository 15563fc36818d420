package dev.mooring.port;

import dev.mooring.topology.InstanceId;

/**
 * Why one instance of a host could not be observed or changed, when the host itself answered.
 *
 * @param instance which one
 * @param code the kind of failure
 * @param message what happened, one sentence with the values that disagree
 */
public record InstanceFailure(InstanceId instance, FailureCode code, String message) {}
