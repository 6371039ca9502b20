package io.hiberlet.agent.runtime.file;

import java.util.List;

/**
 * A part of a volume that a guest sees.
 *
 * @param path where the guest sees it: absolute, with no empty part, no {@code .} and no {@code ..}
 * @param volume what it is a part of
 * @param at the names that lead to that part; none for all of it
 * @param readOnly whether the guest may change nothing
 */
public record GuestMount(String path, Volume volume, List<String> at, boolean readOnly) {
  public GuestMount {
    at = List.copyOf(at);
  }
}
