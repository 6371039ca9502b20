package io.hiberlet.agent.runtime.file;

/** The error numbers of WASI preview 1 that file calls answer with. */
public final class WasiErrno {
  public static final int SUCCESS = 0;
  public static final int ACCES = 2;
  public static final int AGAIN = 6;
  public static final int BADF = 8;
  public static final int BUSY = 10;
  public static final int EXIST = 20;
  public static final int FAULT = 21;
  public static final int FBIG = 22;
  public static final int ILSEQ = 25;
  public static final int INVAL = 28;
  public static final int IO = 29;
  public static final int ISDIR = 31;
  public static final int MFILE = 33;
  public static final int NAMETOOLONG = 37;
  public static final int NFILE = 41;
  public static final int NOENT = 44;
  public static final int NOSPC = 51;
  public static final int NOTDIR = 54;
  public static final int NOTEMPTY = 55;
  public static final int NOTSUP = 58;
  public static final int OVERFLOW = 61;
  public static final int PERM = 63;
  public static final int ROFS = 69;
  public static final int XDEV = 75;
  public static final int NOTCAPABLE = 76;

  private WasiErrno() {}
}
