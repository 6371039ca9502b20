package io.hiberlet.agent.volume;

import io.hiberlet.agent.runtime.file.Volume;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;

/** Makes folders in volumes. */
final class SubFolders {
  private SubFolders() {}

  /** Makes those that are missing on a path. */
  static void make(Volume volume, List<String> names) throws IOException {
    for (int i = 1; i <= names.size(); i++) {
      List<String> folder = names.subList(0, i);
      if (volume.status(folder).isEmpty()) {
        makeOne(volume, folder);
      }
    }
  }

  private static void makeOne(Volume volume, List<String> folder) throws IOException {
    try {
      volume.makeFolder(folder);
    } catch (FileAlreadyExistsException e) {
      if (volume.status(folder).isEmpty()) { // else another container has just made it
        throw e;
      }
    }
  }
}
