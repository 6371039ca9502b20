package io.hiberlet.agent.runtime.file;

/**
 * How a file is opened.
 *
 * @param creates whether it is made when it is not there
 * @param exclusive whether it must not have been there
 * @param truncates whether it is emptied
 */
public record OpenMode(
    boolean reads, boolean writes, boolean creates, boolean exclusive, boolean truncates) {

  /** A file that is there, as it is. */
  public static OpenMode existing(boolean reads, boolean writes) {
    return new OpenMode(reads, writes, false, false, false);
  }

  boolean changes() {
    return writes || creates || truncates;
  }
}
