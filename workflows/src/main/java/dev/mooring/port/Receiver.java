package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * A row of pg_stat_wal_receiver.
 *
 * @param senderHost what it connected to, as its primary_conninfo has it: a name, an address, or a
 *     directory
 * @param heardMillis when a message of its sender came last, WAL or none, by its own clock, since
 *     1970; 0 if none did, and in histories of releases that did not ask
 * @param connection what it connected with, {@code keyword=value} without quotes, all that is not
 *     empty; the server hides passwords. Empty in histories of releases that did not ask
 * @param senderEnd where its sender's WAL ended when the last message was sent, as PostgreSQL
 *     prints it; empty if none came, and in histories of releases that did not ask
 */
public record Receiver(
    String status,
    String senderHost,
    int senderPort,
    String slot,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long heardMillis,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        String connection,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        String senderEnd) {}
