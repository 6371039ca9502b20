package io.hiberlet.agent.hostio;

/**
 * How much one controller may ask for and hold. The defaults are those of {@code docs/host-abi.md}.
 *
 * @param messageBytes a request with its body
 * @param headBytes a request's line and fields
 * @param responseHeadBytes the head of an answer
 * @param gatheredBytes the body of an answer that is delivered as a whole
 * @param lineBytes one line of a watch
 * @param operations pending at once
 * @param undeliveredBytes of one streaming operation, before the host stops reading from the server
 * @param gatheredBytesOfAll gathered bodies of all controllers together that no guest has taken yet
 */
public record Limits(
    int messageBytes,
    int headBytes,
    int responseHeadBytes,
    int gatheredBytes,
    int lineBytes,
    int operations,
    int undeliveredBytes,
    long gatheredBytesOfAll) {

  public static final Limits DEFAULT =
      new Limits(1 << 20, 64 << 10, 64 << 10, 8 << 20, 8 << 20, 256, 256 << 10, 64L << 20);
}
