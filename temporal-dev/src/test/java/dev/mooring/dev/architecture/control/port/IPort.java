package dev.mooring.dev.architecture.control.port;

/** Says that it is an interface. */
interface IPort {}
