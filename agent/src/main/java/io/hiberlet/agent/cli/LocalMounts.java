package io.hiberlet.agent.cli;

import io.hiberlet.agent.admission.VolumePaths;
import io.hiberlet.agent.runtime.file.GuestMount;
import io.hiberlet.agent.runtime.file.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what {@code --volume} is given. */
final class LocalMounts {
  private static final Pattern FORM = Pattern.compile("(?<path>[^:]+):/(?<mount>[^:]+)(?<ro>:ro)?");

  private LocalMounts() {}

  /**
   * A part of this machine that a guest sees.
   *
   * @param text {@code PATH:MOUNT[:ro]}
   * @throws IllegalArgumentException when it is not that, or the path leads nowhere
   */
  static GuestMount parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not PATH:MOUNT[:ro] with an absolute MOUNT below /".formatted(text));
    }
    String mount = VolumePaths.withoutEmptyParts(form.group("mount"));
    if (!VolumePaths.isBelow(mount)) {
      throw new IllegalArgumentException("'/%s' is no path to mount at".formatted(mount));
    }
    return new GuestMount(
        "/" + mount, volume(Path.of(form.group("path"))), List.of(), form.group("ro") != null);
  }

  /** Links on the way to it are the developer's own; those within it lead nowhere. */
  private static Volume volume(Path path) {
    try {
      Path real = path.toRealPath();
      @Nullable Path parent = real.getParent();
      return parent == null
          ? Volume.shared(real, List.of())
          : Volume.shared(parent, List.of(String.valueOf(real.getFileName())));
    } catch (IOException e) {
      throw new IllegalArgumentException("there is no '%s'".formatted(path), e);
    }
  }
}
