package io.hiberlet.agent.probe;

/**
 * What came of a probe.
 *
 * @param output what it said, for people; bounded by whoever made it
 */
public record ProbeResult(Verdict verdict, String output) {

  /** How it counts. */
  public enum Verdict {
    SUCCESS,
    FAILURE,
    /** It could not be made. It does not count, but people are told. */
    ERROR,
    /**
     * Nobody can say, as the controller is asleep or the like, and nobody need know: it does not
     * count.
     */
    UNKNOWN
  }

  public static final ProbeResult SUCCESS = new ProbeResult(Verdict.SUCCESS, "");

  public static ProbeResult failure(String output) {
    return new ProbeResult(Verdict.FAILURE, output);
  }

  public static ProbeResult error(String why) {
    return new ProbeResult(Verdict.ERROR, why);
  }

  public static ProbeResult unknown(String why) {
    return new ProbeResult(Verdict.UNKNOWN, why);
  }
}
