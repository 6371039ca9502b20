package io.hiberlet.node.api.exec;

/** The streams that a client asked for; the error stream is always there. */
public record StreamOptions(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}
