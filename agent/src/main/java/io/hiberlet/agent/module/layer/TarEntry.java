package io.hiberlet.agent.module.layer;

/**
 * One entry of an archive.
 *
 * @param path as the archive has it
 * @param size of the content, in bytes; 0 for what is no file
 */
record TarEntry(String path, Kind kind, long size) {

  enum Kind {
    FILE,
    FOLDER,
    OTHER
  }
}
