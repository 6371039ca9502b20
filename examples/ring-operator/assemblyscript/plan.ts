// What is to be done with one resource: decided from what is, without asking anybody.

import { Json, Resource } from "../../sdk/assemblyscript/hiberlet";

/** Label of a copy: the namespace that it was copied from. */
export const COPIED_FROM = "example.hiberlet.io/copied-from";
/** Label of a copy: the namespace where the resource was made by somebody who is no operator. */
export const ORIGIN = "example.hiberlet.io/origin";

/** A kind of object that a ring can carry. */
export class Freight {
  constructor(
    public resource: Resource,
    public apiVersion: string,
    public kind: string,
    /** What is copied. */
    public field: string,
  ) {}

  /** The freight of that kind, TestResources when none is named; null when there is none. */
  static ofKind(kind: string | null): Freight | null {
    if (kind === null || kind == "TestResource") {
      const resource = new Resource("example.hiberlet.io", "v1", "testresources");
      return new Freight(resource, "example.hiberlet.io/v1", "TestResource", "spec");
    }
    // For clusters in which nobody may install a CRD.
    return kind == "ConfigMap"
      ? new Freight(new Resource("", "v1", "configmaps"), "v1", "ConfigMap", "data")
      : null;
  }
}

export enum Action {
  NOTHING,
  CREATE,
  UPDATE,
  DELETE,
  /** Somebody else's resource is where the copy would go. */
  LEAVE_ALONE,
}

/** What is to be done; with the object to create, or to update to. */
export class Plan {
  constructor(
    public action: Action,
    public object: Json = Json.none(),
  ) {}
}

/** What goes from which namespace to which. */
export class Route {
  constructor(
    public freight: Freight,
    public from: string,
    public to: string,
  ) {}

  plan(original: Json | null, copy: Json | null): Plan {
    const ours = copy !== null && label(copy, COPIED_FROM) == this.from;
    // A resource being deleted is as good as gone; its copy goes along, not after it.
    if (original === null || !original.get("metadata").get("deletionTimestamp").isNull()) {
      return new Plan(ours ? Action.DELETE : Action.NOTHING);
    }
    if (this.origin(original) == this.to) return new Plan(Action.NOTHING);
    if (copy === null) return new Plan(Action.CREATE, this.copyOf(original));
    return ours ? this.update(original, copy) : new Plan(Action.LEAVE_ALONE);
  }

  private origin(object: Json): string {
    const labelled = label(object, ORIGIN);
    return labelled.length > 0 ? labelled : this.from;
  }

  private copyOf(original: Json): Json {
    const labels = Json.object()
      .set(COPIED_FROM, Json.string(this.from))
      .set(ORIGIN, Json.string(this.origin(original)));
    const metadata = Json.object()
      .set("namespace", Json.string(this.to))
      .set("name", original.get("metadata").get("name"))
      .set("labels", labels);
    return Json.object()
      .set("apiVersion", Json.string(this.freight.apiVersion))
      .set("kind", Json.string(this.freight.kind))
      .set("metadata", metadata)
      .set(this.freight.field, original.get(this.freight.field));
  }

  /** The update carries the copy's `resourceVersion`, so it never undoes what it has not seen. */
  private update(original: Json, copy: Json): Plan {
    const wanted = original.get(this.freight.field);
    if (wanted.equals(copy.get(this.freight.field))) return new Plan(Action.NOTHING);
    return new Plan(Action.UPDATE, copy.set(this.freight.field, wanted));
  }
}

function label(object: Json, name: string): string {
  return object.get("metadata").get("labels").get(name).string();
}
