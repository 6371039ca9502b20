package io.hiberlet.node.status;

import io.hiberlet.node.NodeImage;
import io.kubernetes.client.openapi.models.V1ContainerImage;
import java.util.Comparator;
import java.util.List;

/** What of a node's images its status tells, within the kubelet's limits. */
final class ListedImages {
  /** The kubelet's {@code nodeStatusMaxImages}. */
  static final int MOST_IMAGES = 50;

  /** The kubelet's {@code MaxNamesPerImageInNodeStatus}. */
  static final int MOST_NAMES = 5;

  /** In an order of its own, so that the same images are always the same list. */
  private static final Comparator<NodeImage> LARGEST_FIRST =
      Comparator.comparingLong(NodeImage::bytes)
          .reversed()
          .thenComparing(image -> String.join(" ", image.names()));

  private ListedImages() {}

  static List<V1ContainerImage> of(List<NodeImage> images) {
    return images.stream()
        .sorted(LARGEST_FIRST)
        .limit(MOST_IMAGES)
        .map(ListedImages::listed)
        .toList();
  }

  private static V1ContainerImage listed(NodeImage image) {
    return new V1ContainerImage()
        .names(image.names().stream().limit(MOST_NAMES).toList())
        .sizeBytes(image.bytes());
  }
}
