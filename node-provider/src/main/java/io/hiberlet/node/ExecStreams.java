package io.hiberlet.node;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The client's end of an exec. Streams that the client did not ask for are there and empty: they
 * read as ended, or swallow what is written. Writes block while the client is slow; all fail with
 * an {@link java.io.IOException} once it is gone.
 *
 * @param sizes of the client's terminal, if it has one
 */
public record ExecStreams(
    InputStream stdin, OutputStream stdout, OutputStream stderr, TerminalSizes sizes) {}
