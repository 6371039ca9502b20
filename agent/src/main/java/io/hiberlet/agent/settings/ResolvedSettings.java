package io.hiberlet.agent.settings;

import io.hiberlet.agent.runtime.GuestSettings;
import java.util.List;

/**
 * What a container begins with.
 *
 * @param skipped sentences about variables that were left out because of their names
 */
public record ResolvedSettings(GuestSettings settings, List<String> skipped) {

  public ResolvedSettings {
    skipped = List.copyOf(skipped);
  }
}
