package io.hiberlet.node;

/**
 * Something of which the machine has less left than the node needs.
 *
 * @param neededBytes below which it is a shortage
 * @param availableBytes that are left
 */
public record Shortage(Resource resource, long neededBytes, long availableBytes) {

  /** What can run short, in the order in which the kubelet cares. */
  public enum Resource {
    MEMORY("memory"),
    DISK("ephemeral-storage");

    private final String value;

    Resource(String value) {
      this.value = value;
    }

    /** As the API calls it. */
    public String value() {
      return value;
    }
  }
}
