package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Upstream;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the operations of all controllers work with; thread-safe.
 *
 * @param upstream the API server as nobody
 * @param executor runs what follows when a token is there; an event loop
 * @param gathered bounds what all controllers hold together
 */
record SharedContext(
    Upstream upstream,
    WallClock clock,
    Executor executor,
    Limits limits,
    Timeouts timeouts,
    ByteBudget gathered,
    Supplier<RandomGenerator> randoms) {}
