package io.hiberlet.agent.runtime;

/** WASI's rights, of which this host looks at two: the others come with a descriptor's kind. */
final class FileRights {
  static final long READ = 1L << 1;
  static final long WRITE = 1L << 6;

  private static final long DATA_SYNC = 1;
  private static final long SEEK = 1L << 2;
  private static final long SET_FLAGS = 1L << 3;
  private static final long SYNC = 1L << 4;
  private static final long TELL = 1L << 5;
  private static final long ADVISE = 1L << 7;
  private static final long ALLOCATE = 1L << 8;
  private static final long CREATE_FOLDER = 1L << 9;
  private static final long CREATE_FILE = 1L << 10;
  private static final long OPEN = 1L << 13;
  private static final long READ_FOLDER = 1L << 14;
  private static final long RENAME = 1L << 16 | 1L << 17;
  private static final long PATH_STATUS = 1L << 18;
  private static final long PATH_SET = 1L << 19 | 1L << 20;
  private static final long STATUS = 1L << 21;
  private static final long SET_SIZE = 1L << 22;
  private static final long SET_TIMES = 1L << 23;
  private static final long REMOVE = 1L << 25 | 1L << 26;

  private static final long ANY_FILE = SEEK | TELL | SET_FLAGS | ADVISE | STATUS | SET_TIMES;
  private static final long READS = ANY_FILE | READ;
  private static final long WRITES = ANY_FILE | WRITE | DATA_SYNC | SYNC | ALLOCATE | SET_SIZE;

  /** Of a folder. */
  static final long FOLDER =
      CREATE_FOLDER
          | CREATE_FILE
          | OPEN
          | READ_FOLDER
          | RENAME
          | PATH_STATUS
          | PATH_SET
          | STATUS
          | SET_TIMES
          | SYNC
          | REMOVE;

  /** What may be opened below a folder may have; C libraries ask for nothing else. */
  static final long INHERITED = FOLDER | READS | WRITES;

  private FileRights() {}

  static long of(boolean reads, boolean writes) {
    return ANY_FILE | (reads ? READS : 0) | (writes ? WRITES : 0);
  }
}
