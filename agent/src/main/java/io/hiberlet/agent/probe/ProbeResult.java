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
    /**
     * Nobody can say, as the controller is asleep, has just ended or the like: it does not count.
     */
    UNKNOWN
  }

  public static final ProbeResult SUCCESS = new ProbeResult(Verdict.SUCCESS, "");

  public static ProbeResult failure(String output) {
    return new ProbeResult(Verdict.FAILURE, output);
  }

  public static ProbeResult unknown(String why) {
    return new ProbeResult(Verdict.UNKNOWN, why);
  }
}
