package io.hiberlet.agent.runtime;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The classes of one compiled module. They are unloaded together, when neither the machine nor any
 * instance of it is left. Filled by one thread.
 */
final class CompiledClasses extends ClassLoader {
  /** All names begin with this one's. */
  static final String MACHINE = "com.dylibso.chicory.$gen.CompiledMachine";

  private final List<Class<?>> defined = new ArrayList<>();

  CompiledClasses() {
    super("module", CompiledClasses.class.getClassLoader());
  }

  /**
   * Adds a class.
   *
   * @throws LinkageError when the bytes are not that class
   */
  void define(String name, byte[] bytes) {
    defined.add(defineClass(name, bytes, 0, bytes.length));
  }

  /**
   * What makes an instance's machine. All classes are verified now: a guest must not be the first
   * to need one, deep in its stack or interrupted.
   *
   * @throws LinkageError when they do not fit together
   */
  Function<Instance, Machine> machine() {
    try {
      for (Class<?> each : defined) {
        Class.forName(each.getName(), true, this);
      }
      var constructor =
          Class.forName(MACHINE, true, this)
              .asSubclass(Machine.class)
              .getConstructor(Instance.class);
      return instance -> newMachine(constructor, instance);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new LinkageError("not a compiled module", e);
    }
  }

  private static Machine newMachine(Constructor<? extends Machine> constructor, Instance instance) {
    try {
      return constructor.newInstance(instance);
    } catch (InvocationTargetException e) {
      throw new LinkageError("a machine's constructor failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not a compiled module", e);
    }
  }
}
