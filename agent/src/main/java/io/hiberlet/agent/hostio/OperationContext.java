package io.hiberlet.agent.hostio;

import io.hiberlet.agent.hostio.http.Upstream;
import java.util.random.RandomGenerator;

/**
 * What the operations of one controller work with.
 *
 * @param upstream the API server as this controller's identity
 * @param shared with all other controllers
 */
record OperationContext(Inbox inbox, Upstream upstream, SharedContext shared) {
  WallClock clock() {
    return shared.clock();
  }

  Limits limits() {
    return shared.limits();
  }

  Timeouts timeouts() {
    return shared.timeouts();
  }

  ByteBudget gathered() {
    return shared.gathered();
  }

  /** One of its own for each operation that needs it. */
  RandomGenerator random() {
    return shared.randoms().get();
  }
}
