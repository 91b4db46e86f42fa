import * as Y from "yjs";

/** Checks on answers, each returning null or lines that say what differs and where. */

export const toBase64 = (bytes) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
export const fromBase64 = (text) => new Uint8Array(Buffer.from(text, "base64"));

export function sameText(expected, actual) {
  if (expected === actual) return null;
  if (typeof actual !== "string") return `  expected a text, got ${JSON.stringify(actual)}`;
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return [
    `  the texts differ from unit ${at} on (${expected.length} and ${actual.length} units)`,
    `  expected … ${around(expected)} …`,
    `  got      … ${around(actual)} …`,
  ].join("\n");
}

/** @param {Uint8Array} expected @param {unknown} actual base64 */
export function sameUpdate(expected, actual) {
  return sameBytes(expected, actual, describeUpdate);
}

export function sameStateVector(expected, actual) {
  return sameBytes(expected, actual, (bytes) =>
    [...Y.decodeStateVector(bytes)].map(([client, clock]) => `${client}: ${clock}`),
  );
}

export function sameSnapshot(expected, actual) {
  return sameBytes(expected, actual, (bytes) => {
    const { ds, sv } = Y.decodeSnapshot(bytes);
    return [
      ...describeDeleteSet(ds),
      ...[...sv].map(([client, clock]) => `${client}: ${clock}`),
    ];
  });
}

export function sameBytes(expected, actual, describe) {
  if (typeof actual !== "string") return `  expected bytes, got ${JSON.stringify(actual)}`;
  const wanted = toBase64(expected);
  if (wanted === actual) return null;
  const lines = differingLines(
    readable(expected, describe),
    readable(fromBase64(actual), describe),
  );
  return [`  expected ${shorten(wanted)}`, `  got      ${shorten(actual)}`, ...lines].join(
    "\n",
  );
}

/**
 * JSON as JSON.stringify would write it, except where it has no form for a value: big integers
 * may be numbers or digits, bytes may be base64, and a nested document may be anything.
 */
export function sameJson(expected, actual, path = "json") {
  const differs = () => `  ${path}: expected ${show(expected)}, got ${show(actual)}`;
  if (expected instanceof Y.Doc) return null;
  if (typeof expected === "bigint") {
    return actual === expected.toString() || actual === Number(expected) ? null : differs();
  }
  if (expected instanceof Uint8Array) {
    const asObject = JSON.parse(JSON.stringify(expected));
    const forms = [toBase64(expected), Array.from(expected), asObject];
    return forms.some((form) => JSON.stringify(form) === JSON.stringify(actual))
      ? null
      : differs();
  }
  if (expected === undefined || (typeof expected === "number" && !Number.isFinite(expected))) {
    return actual === null || actual === undefined ? null : differs();
  }
  if (expected === null || typeof expected !== "object") {
    return expected === actual ? null : differs(); // 0 and -0 are the same in JSON
  }
  if (
    actual === null ||
    typeof actual !== "object" ||
    Array.isArray(expected) !== Array.isArray(actual)
  ) {
    return differs();
  }
  if (Array.isArray(expected) && expected.length !== actual.length) return differs();
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const difference = sameJson(own(expected, key), own(actual, key), `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}

const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

/**
 * Edits have to turn the old text into the new one, one after the other, and there should be no
 * more of them than there are separate places where the text changed.
 */
export function goodEdits(before, after, places, edits) {
  if (!Array.isArray(edits)) return `  expected a list of edits, got ${JSON.stringify(edits)}`;
  let text = before;
  for (const [number, edit] of edits.entries()) {
    const { index, delete: deleted, insert } = edit;
    const sound =
      Number.isInteger(index) &&
      Number.isInteger(deleted) &&
      typeof insert === "string" &&
      index >= 0 &&
      deleted >= 0;
    if (!sound) return `  edit ${number} is malformed: ${JSON.stringify(edit)}`;
    if (index + deleted > text.length) {
      return `  edit ${number} reaches behind the end (${text.length} units): ${shorten(JSON.stringify(edit))}`;
    }
    if (deleted === 0 && insert === "")
      return `  edit ${number} does nothing: ${JSON.stringify(edit)}`;
    text = text.slice(0, index) + insert + text.slice(index + deleted);
  }
  const difference = sameText(after, text);
  if (difference !== null) {
    return `  the edits ${shorten(JSON.stringify(edits))} do not lead from the old text to the new one\n${difference}`;
  }
  if (places !== null && edits.length > places) {
    return `  ${edits.length} edits where ${places} would do: ${shorten(JSON.stringify(edits))}`;
  }
  return null;
}

/** The number of separate places that a Y.Text delta touches. */
export function placesInDelta(delta) {
  let places = 0;
  let touching = false;
  for (const op of delta) {
    const changes = op.retain === undefined;
    if (changes && !touching) places++;
    touching = changes;
  }
  return places;
}

/** The text that a Y.Text delta makes of another, null when it has content that is no text. */
export function applyDelta(text, delta) {
  let result = "";
  let at = 0;
  for (const op of delta) {
    if (op.retain !== undefined) {
      result += text.slice(at, at + op.retain);
      at += op.retain;
    } else if (op.delete !== undefined) {
      at += op.delete;
    } else if (typeof op.insert === "string") {
      result += op.insert;
    } else {
      return null;
    }
  }
  return result + text.slice(at);
}

/** An update as lines for people. */
export function describeUpdate(bytes) {
  const { structs, ds } = Y.decodeUpdate(bytes);
  return [...structs.map(describeStruct), ...describeDeleteSet(ds)];
}

function describeStruct(struct) {
  const id = ({ client, clock }) => `${client}:${clock}`;
  const head = `${id(struct.id)}+${struct.length}`;
  if (!(struct instanceof Y.Item)) return `${head} ${struct.constructor.name}`;
  const { content, origin, rightOrigin, parent, parentSub } = struct;
  const kind = content.constructor.name.replace(/^_*Content/, "");
  const value = content.str ?? content.arr ?? content.embed ?? content.value ?? "";
  const parts = [
    `${head} ${kind}`,
    value === "" ? "" : shorten(show(value)),
    content.key ?? "",
  ];
  if (origin !== null) parts.push(`after ${id(origin)}`);
  if (rightOrigin !== null) parts.push(`before ${id(rightOrigin)}`);
  if (parent !== null)
    parts.push(`in ${typeof parent === "string" ? JSON.stringify(parent) : id(parent)}`);
  if (parentSub !== null) parts.push(`at ${JSON.stringify(parentSub)}`);
  return parts.filter((part) => part !== "").join(" ");
}

function describeDeleteSet(ds) {
  return [...ds.clients].flatMap(([client, ranges]) =>
    ranges.map(({ clock, len }) => `deleted ${client}:${clock}+${len}`),
  );
}

function readable(bytes, describe) {
  try {
    return describe(bytes);
  } catch (error) {
    return [`(cannot be read: ${error.message})`];
  }
}

function differingLines(expected, actual) {
  const limit = 12;
  const lines = [];
  for (let i = 0; i < Math.max(expected.length, actual.length) && lines.length < limit; i++) {
    if (expected[i] === actual[i]) continue;
    lines.push(`    - ${expected[i] ?? "(nothing)"}`, `    + ${actual[i] ?? "(nothing)"}`);
  }
  return lines.length > 0
    ? ["  expected (-) and got (+), in words:", ...lines]
    : ["  the same in words"];
}

function show(value) {
  try {
    return (
      JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner)) ??
      "nothing"
    );
  } catch {
    return String(value);
  }
}

function shorten(text) {
  return text.length > 240 ? `${text.slice(0, 240)}… (${text.length} characters)` : text;
}
