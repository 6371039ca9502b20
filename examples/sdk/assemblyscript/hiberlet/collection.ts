// Collections of the API server.

import { Kind, STREAM } from "./host";
import { Json } from "./json";
import { Waiting, await_, cancel } from "./loop";
import { Answer, Call, lost, request, send, statusOf } from "./request";

const JSON_TYPE = "application/json";

/** A kind of object; the group is empty for the core group. */
export class Resource {
  constructor(
    public group: string,
    public version: string,
    public plural: string,
  ) {}
}

/** The objects of one namespace; of all, or of none, when that is empty. */
export class Collection {
  constructor(
    public resource: Resource,
    public namespace: string,
  ) {}

  get(name: string, call: Call): void {
    request("GET", this.path(name), "", "", call);
  }

  create(object: Json, call: Call): void {
    request("POST", this.path(""), JSON_TYPE, object.toString(), call);
  }

  /** Replaces an object; its `resourceVersion`, if it has one, must still be the current one. */
  update(name: string, object: Json, call: Call): void {
    request("PUT", this.path(name), JSON_TYPE, object.toString(), call);
  }

  /** A JSON merge patch (RFC 7386). */
  patch(name: string, patch: Json, call: Call): void {
    request("PATCH", this.path(name), "application/merge-patch+json", patch.toString(), call);
  }

  /** Server-side apply, by force: these fields are the manager's from now on. */
  apply(name: string, manager: string, object: Json, call: Call): void {
    const target = this.path(name) + "?force=true&fieldManager=" + encode(manager);
    request("PATCH", target, "application/apply-patch+yaml", object.toString(), call);
  }

  /** Deletes the object of that uid and no later one of the same name. */
  remove(name: string, uid: string, call: Call): void {
    const options = Json.object()
      .set("apiVersion", Json.string("v1"))
      .set("kind", Json.string("DeleteOptions"))
      .set("preconditions", Json.object().set("uid", Json.string(uid)));
    request("DELETE", this.path(name), JSON_TYPE, options.toString(), call);
  }

  /** Lists all that have these labels, or all when that is empty, in pages. */
  list(labels: string, listing: Listing): void {
    listing.begin(this.path("") + "?limit=100" + parameter("labelSelector", labels));
  }

  /** Everything that happens after a moment that a list told. */
  watch(labels: string, since: string, watching: Watching): void {
    const query = parameter("labelSelector", labels) + parameter("resourceVersion", since);
    watching.begin(this.path("") + "?watch=true" + query);
  }

  /** The path of an object, or of the collection when the name is empty. */
  private path(name: string): string {
    const resource = this.resource;
    let path = resource.group.length == 0 ? "/api/" : "/apis/" + resource.group + "/";
    path += resource.version;
    if (this.namespace.length > 0) path += "/namespaces/" + encode(this.namespace);
    path += "/" + resource.plural;
    return name.length == 0 ? path : path + "/" + encode(name);
  }
}

function parameter(name: string, value: string): string {
  return value.length == 0 ? "" : "&" + name + "=" + encode(value);
}

/** Percent-encodes what must not stand for itself in a segment or a value (RFC 3986). */
function encode(text: string): string {
  return encodeURIComponent(text);
}

/** Hears a list. */
export abstract class Listing {
  private target: string = "";

  abstract found(object: Json): void;

  /** With status 200 all is well, and `version` is where a watch goes on from. */
  abstract listed(failure: Answer, version: string): void;

  begin(target: string): void {
    this.target = target;
    request("GET", target, "", "", new Page(this));
  }

  /** A page has come. */
  page(answer: Answer): void {
    const page = answer.status == 200 ? answer.json() : Json.none();
    if (page.isNull()) {
      const senseless = new Answer(0, "the answer to a list is not JSON");
      this.listed(answer.status == 200 ? senseless : answer, "");
      return;
    }
    const items = page.get("items").elements;
    for (let i = 0; i < items.length; i++) this.found(items[i]);
    const next = page.get("metadata").get("continue").string();
    if (next.length > 0) {
      request("GET", this.target + parameter("continue", next), "", "", new Page(this));
    } else {
      this.listed(new Answer(200, ""), page.get("metadata").get("resourceVersion").string());
    }
  }
}

class Page extends Call {
  constructor(private listing: Listing) {
    super();
  }

  answered(answer: Answer): void {
    this.listing.page(answer);
  }
}

/** Hears a watch. A clean end, or status 410, means that its position was lost: list again. */
export abstract class Watching extends Waiting {
  private operation: i64 = 0;
  private status: i32 = 0;
  private rest: string = "";

  /** ADDED, MODIFIED, DELETED or BOOKMARK. */
  abstract changed(type: string, object: Json): void;

  abstract ended(failure: Answer): void;

  begin(target: string): void {
    this.operation = send("GET", target, "", "", STREAM);
    this.rest = "";
    await_(this.operation, this);
  }

  hear(kind: i32, payload: ArrayBuffer): void {
    if (kind == Kind.RESPONSE_HEAD) {
      this.status = statusOf(payload);
    } else if (kind == Kind.BODY_CHUNK) {
      this.rest += String.UTF8.decode(payload); // the host cuts a watch at the ends of lines only
      if (this.status == 200) this.lines();
    } else if (kind == Kind.END) {
      this.ended(new Answer(this.status, this.rest));
    } else if (kind == Kind.ERROR) {
      this.ended(lost(payload));
    }
  }

  private lines(): void {
    const lines = this.rest.split("\n");
    this.rest = lines.pop();
    for (let i = 0; i < lines.length; i++) {
      if (lines[i].length > 0 && !this.line(lines[i])) return;
    }
  }

  /** Tells one line; returns whether the watch goes on. */
  private line(text: string): bool {
    const event = Json.read(text);
    const type = event ? event.get("type").string() : "";
    if (event && type.length > 0 && type != "ERROR") {
      this.changed(type, event.get("object"));
      return true;
    }
    cancel(this.operation);
    if (event && type == "ERROR") {
      const object = event.get("object");
      this.ended(new Answer(<i32>parseInt(object.get("code").toString()), object.toString()));
    } else {
      this.ended(new Answer(0, "a line of the watch makes no sense"));
    }
    return false;
  }
}
