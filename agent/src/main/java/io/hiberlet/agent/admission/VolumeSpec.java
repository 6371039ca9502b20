package io.hiberlet.agent.admission;

import java.util.List;

/**
 * A volume of files that only the agent writes.
 *
 * @param name in the pod
 * @param sources of its files; what comes later replaces what came before
 */
public record VolumeSpec(String name, List<VolumeSource> sources) {

  public VolumeSpec {
    sources = List.copyOf(sources);
  }
}
