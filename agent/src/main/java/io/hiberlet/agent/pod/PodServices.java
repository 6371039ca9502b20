package io.hiberlet.agent.pod;

import io.hiberlet.agent.admission.ControllerSpec;
import io.hiberlet.agent.admission.PodSpec;
import io.hiberlet.agent.module.PullListener;
import io.hiberlet.agent.settings.ResolvedSettings;
import io.hiberlet.node.PodKey;
import io.hiberlet.node.object.PodObjects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** What the pods of this node share; thread-safe, made by the composition root. */
public interface PodServices {

  ControllerServices controllers();

  /**
   * What one run of a controller is made of.
   *
   * @param run how often its container was started before
   */
  ControllerParts parts(PodSpec pod, ControllerSpec spec, String moduleDigest, int run);

  /**
   * Gets a container's module onto this device: its digest, when it is there and can be run. Fails
   * with what {@link StartFailure} understands. Never blocks.
   *
   * @param listener called by any thread
   */
  CompletionStage<String> fetchModule(PodKey pod, ControllerSpec spec, PullListener listener);

  /**
   * Writes a container's volumes and puts together what it begins with, as its configuration stands
   * now. Fails with what {@link StartFailure} understands. Never blocks.
   */
  CompletionStage<ResolvedSettings> configure(PodKey pod, ControllerSpec spec);

  /** For what waits for the disk, and must not keep guests waiting. */
  Executor blocking();

  /** The objects that configurations refer to. */
  PodObjects objects();
}
