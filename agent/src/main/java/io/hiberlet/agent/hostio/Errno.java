package io.hiberlet.agent.hostio;

/** Error numbers of the host's ABI; the numbers are those of WASI preview 1. */
public enum Errno {
  /** The target is not one that this pod may reach. */
  ACCES(2),
  /** There is no room now; the guest is told when there is. */
  AGAIN(6),
  /** Not one of the streams of a command. */
  BADF(8),
  /** Whoever gave the command has gone. */
  CANCELED(11),
  /** A pointer and length leave the guest's memory. */
  FAULT(21),
  /** A response body is larger than the host keeps for a guest. */
  FBIG(22),
  /** An argument makes no sense. */
  INVAL(28),
  /** The request or its outcome was lost with the host, or the connection broke. */
  IO(29),
  /** Too many operations at once. */
  MFILE(33),
  /** A request is larger than the host takes. */
  MSGSIZE(35),
  /** There is no such operation. */
  NOENT(44),
  /** This host does not have the call. */
  NOSYS(52),
  /** Nothing was heard for too long. */
  TIMEDOUT(73);

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  /** The number, above 0. */
  public int number() {
    return number;
  }

  /** The number as a call returns it, below 0. */
  public int result() {
    return -number;
  }
}
