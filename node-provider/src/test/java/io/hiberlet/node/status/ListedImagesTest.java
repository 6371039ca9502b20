package io.hiberlet.node.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hiberlet.node.NodeImage;
import io.kubernetes.client.openapi.models.V1ContainerImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListedImagesTest {
  @Test
  void areTheFiftyLargestLargestFirst() {
    List<V1ContainerImage> listed =
        ListedImages.of(
            IntStream.rangeClosed(1, 60)
                .mapToObj(n -> new NodeImage(List.of("r/x@sha256:" + n, "r/x:" + n), n))
                .toList());
    assertEquals(50, listed.size());
    assertEquals(
        new V1ContainerImage().names(List.of("r/x@sha256:60", "r/x:60")).sizeBytes(60L),
        listed.getFirst());
    assertEquals(11, listed.getLast().getSizeBytes());
  }

  @Test
  void haveFiveNames() {
    var image = new NodeImage(List.of("r/x@sha256:a", "1", "2", "3", "4", "5"), 8);
    assertEquals(
        List.of("r/x@sha256:a", "1", "2", "3", "4"),
        ListedImages.of(List.of(image)).getFirst().getNames());
  }
}
