package dev.mooring.port;

import dev.mooring.topology.InstanceId;

/**
 * Why one instance of a host could not be observed or changed, although the host answered.
 *
 * @param instance the instance
 * @param code the failure code
 * @param message what happened, one sentence with the values that disagree
 */
public record InstanceFailure(InstanceId instance, FailureCode code, String message) {}
