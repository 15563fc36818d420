package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * A row of pg_stat_wal_receiver.
 *
 * @param senderHost the host in its primary_conninfo: a name, an address, or a directory
 * @param heardMillis when the last message of its sender came, WAL or not, by its own clock, since
 *     1970; 0 if none did, and in histories of releases that did not read it
 * @param connection its connection, {@code keyword=value} without quotes, without empty values; the
 *     server hides passwords. Empty in histories of releases that did not read it
 * @param senderEnd the end of its sender's WAL when the last message was sent, as PostgreSQL prints
 *     it; empty if none came, and in histories of releases that did not read it
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
