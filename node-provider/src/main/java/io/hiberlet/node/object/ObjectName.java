package io.hiberlet.node.object;

/** Names a ConfigMap or a Secret. */
public record ObjectName(Kind kind, String namespace, String name) {

  /** What pods take their configuration from. */
  public enum Kind {
    CONFIG_MAP("configmap", "ConfigMap"),
    SECRET("secret", "Secret");

    private final String word;
    private final String title;

    Kind(String word, String title) {
      this.word = word;
      this.title = title;
    }

    /** In running text, as the API server's messages have it. */
    public String word() {
      return word;
    }

    /** As manifests have it. */
    public String title() {
      return title;
    }
  }

  public static ObjectName configMap(String namespace, String name) {
    return new ObjectName(Kind.CONFIG_MAP, namespace, name);
  }

  public static ObjectName secret(String namespace, String name) {
    return new ObjectName(Kind.SECRET, namespace, name);
  }

  @Override
  public String toString() {
    return kind.title() + " " + namespace + "/" + name;
  }
}
