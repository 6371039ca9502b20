package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Upstream;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the operations of one controller work with.
 *
 * @param upstream the API server as this controller's identity
 * @param gathered shared by all controllers
 * @param randoms makes one for each operation that needs it
 */
record OperationContext(
    Inbox inbox,
    Upstream upstream,
    WallClock clock,
    Limits limits,
    Timeouts timeouts,
    ByteBudget gathered,
    Supplier<RandomGenerator> randoms) {}
