package io.hiberlet.agent.pod;

import io.hiberlet.agent.hostio.ControllerOperations;
import io.hiberlet.agent.hostio.OperationsListener;
import io.hiberlet.agent.hostio.OperationsState;
import java.util.concurrent.CompletionStage;

/** What belongs to one life of one controller: its code, its log, its way to the world. */
interface ControllerParts extends AutoCloseable {

  /** What makes its instances; prepared while no guest thread waits for it. Never blocks. */
  CompletionStage<GuestSource> loadModule();

  /** Its operations, going on from a state. Never blocks. */
  ControllerOperations openOperations(OperationsState state, OperationsListener listener);

  /** Has trouble with these parts told, such as a volume that cannot be brought up to date. */
  default void tellTrouble(TroubleListener listener) {}

  /** It sleeps now: lets go of what only a resident one needs. */
  void rest();

  /** Its life is over. */
  @Override
  void close();
}
