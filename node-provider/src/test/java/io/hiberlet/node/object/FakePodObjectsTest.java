package io.hiberlet.node.object;

/** The fake keeps the contract. */
final class FakePodObjectsTest extends PodObjectsContract {
  private final FakePodObjects objects = new FakePodObjects();

  @Override
  PodObjects objects() {
    return objects;
  }

  @Override
  void put(ObjectName name, PodObject object) {
    objects.put(name, object);
  }

  @Override
  void remove(ObjectName name) {
    objects.remove(name);
  }
}
