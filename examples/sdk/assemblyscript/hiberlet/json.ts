// JSON (RFC 8259). Numbers keep their text, so that nothing is lost by passing them on.

/** Values nested more deeply are refused: a guest's stack is bounded. */
const MAX_DEPTH: i32 = 128;

export enum Type {
  NULL,
  BOOLEAN,
  NUMBER,
  STRING,
  ARRAY,
  OBJECT,
}

/** A value. */
export class Json {
  /** Of a number or a boolean its text, of a string its characters. */
  text: string = "";
  elements: Json[] = [];
  members: Map<string, Json> = new Map<string, Json>();

  private constructor(public type: Type) {}

  static none(): Json {
    return new Json(Type.NULL);
  }

  static string(text: string): Json {
    const value = new Json(Type.STRING);
    value.text = text;
    return value;
  }

  static object(): Json {
    return new Json(Type.OBJECT);
  }

  /** For the reader. */
  static of(type: Type, text: string): Json {
    const value = new Json(type);
    value.text = text;
    return value;
  }

  /** Reads a document; null when it is none. */
  static read(text: string): Json | null {
    return new Reader(text).document();
  }

  isNull(): bool {
    return this.type == Type.NULL;
  }

  /** A member of an object; the value null when there is none. */
  get(name: string): Json {
    return this.members.has(name) ? this.members.get(name) : Json.none();
  }

  /** Sets a member of an object, and returns the object. */
  set(name: string, value: Json): Json {
    this.members.set(name, value);
    return this;
  }

  /** The characters of a string; empty when it is none. */
  string(): string {
    return this.type == Type.STRING ? this.text : "";
  }

  /** Whether both are the same, in whatever order their members are. */
  equals(other: Json): bool {
    if (this.type != other.type || this.text != other.text) return false;
    if (this.elements.length != other.elements.length) return false;
    if (this.members.size != other.members.size) return false;
    for (let i = 0; i < this.elements.length; i++) {
      if (!this.elements[i].equals(other.elements[i])) return false;
    }
    const names = this.members.keys();
    for (let i = 0; i < names.length; i++) {
      if (!other.members.has(names[i])) return false;
      if (!this.members.get(names[i]).equals(other.members.get(names[i]))) return false;
    }
    return true;
  }

  toString(): string {
    switch (this.type) {
      case Type.NULL:
        return "null";
      case Type.STRING:
        return quoted(this.text);
      case Type.ARRAY: {
        const parts = new Array<string>();
        for (let i = 0; i < this.elements.length; i++) parts.push(this.elements[i].toString());
        return "[" + parts.join(",") + "]";
      }
      case Type.OBJECT: {
        const names = this.members.keys();
        const parts = new Array<string>();
        for (let i = 0; i < names.length; i++) {
          parts.push(quoted(names[i]) + ":" + this.members.get(names[i]).toString());
        }
        return "{" + parts.join(",") + "}";
      }
      default:
        return this.text;
    }
  }
}

function quoted(text: string): string {
  const parts: string[] = ['"'];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x20 && c != 0x22 && c != 0x5c) continue;
    parts.push(text.substring(from, i));
    parts.push(c < 0x20 ? "\\u" + c.toString(16).padStart(4, "0") : "\\" + text.charAt(i));
    from = i + 1;
  }
  parts.push(text.substring(from));
  parts.push('"');
  return parts.join("");
}

/** Reads one document. Null is its answer to whatever is wrong. */
class Reader {
  private at: i32 = 0;

  constructor(private text: string) {}

  document(): Json | null {
    const value = this.value(0);
    this.space();
    return this.at == this.text.length ? value : null;
  }

  private space(): void {
    while (this.at < this.text.length) {
      const c = this.text.charCodeAt(this.at);
      if (c != 0x20 && c != 0x09 && c != 0x0a && c != 0x0d) return;
      this.at++;
    }
  }

  /** Passes over white space and that character, if it comes next. */
  private skip(character: string): bool {
    this.space();
    if (this.at == this.text.length || this.text.charAt(this.at) != character) return false;
    this.at++;
    return true;
  }

  private value(depth: i32): Json | null {
    if (depth > MAX_DEPTH) return null;
    if (this.skip("{")) return this.object(depth);
    if (this.skip("[")) return this.array(depth);
    if (this.skip('"')) {
      const text = this.characters();
      return text === null ? null : Json.string(text);
    }
    return this.word();
  }

  private object(depth: i32): Json | null {
    const object = Json.object();
    if (this.skip("}")) return object;
    do {
      const name = this.skip('"') ? this.characters() : null;
      if (name === null || !this.skip(":")) return null;
      const value = this.value(depth + 1);
      if (!value) return null;
      object.set(name, value);
    } while (this.skip(","));
    return this.skip("}") ? object : null;
  }

  private array(depth: i32): Json | null {
    const array = Json.of(Type.ARRAY, "");
    if (this.skip("]")) return array;
    do {
      const value = this.value(depth + 1);
      if (!value) return null;
      array.elements.push(value);
    } while (this.skip(","));
    return this.skip("]") ? array : null;
  }

  /** The rest of a string, behind its first quote. */
  private characters(): string | null {
    const parts = new Array<string>();
    let from = this.at;
    while (this.at < this.text.length) {
      const c = this.text.charCodeAt(this.at);
      if (c < 0x20) return null;
      if (c == 0x22) {
        parts.push(this.text.substring(from, this.at++));
        return parts.join("");
      }
      if (c != 0x5c) {
        this.at++;
        continue;
      }
      parts.push(this.text.substring(from, this.at++));
      const meaning = this.escape();
      if (meaning === null) return null;
      parts.push(meaning);
      from = this.at;
    }
    return null;
  }

  private escape(): string | null {
    if (this.at == this.text.length) return null;
    const name = this.text.charAt(this.at++);
    if (name == "u") {
      if (this.at + 4 > this.text.length) return null;
      let code = 0;
      for (const end = this.at + 4; this.at < end; this.at++) {
        const digit = "0123456789abcdef".indexOf(this.text.charAt(this.at).toLowerCase());
        if (digit < 0) return null;
        code = 16 * code + digit;
      }
      return String.fromCharCode(code);
    }
    const found = '"\\/bfnrt'.indexOf(name);
    return found < 0 ? null : '"\\/\b\f\n\r\t'.charAt(found);
  }

  private word(): Json | null {
    this.space();
    const from = this.at;
    while (this.at < this.text.length && isPartOfWord(this.text.charCodeAt(this.at))) this.at++;
    const word = this.text.substring(from, this.at);
    if (word == "null") return Json.none();
    if (word == "true" || word == "false") return Json.of(Type.BOOLEAN, word);
    const first = word.length > 0 ? word.charCodeAt(0) : 0;
    const number = first == 0x2d || (first >= 0x30 && first <= 0x39);
    return number && !isNaN(parseFloat(word)) ? Json.of(Type.NUMBER, word) : null;
  }
}

/** Letters, digits, and the signs of numbers. */
function isPartOfWord(c: i32): bool {
  return (
    (c >= 0x30 && c <= 0x39) ||
    ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) ||
    c == 0x2b ||
    c == 0x2d ||
    c == 0x2e
  );
}
