import * as Y from "yjs";
import { snippet } from "./alphabet.mjs";
import { kText, rootOf } from "./mirror.mjs";
import { anyValue, bigInt, bytes, jsonValue, key } from "./values.mjs";

/**
 * Changes that only Yjs can make: formats, embeds, maps, arrays, XML, nested documents. They
 * travel to the harness as updates.
 */

/** The roots of a document that has everything. */
export const kTreeRoots = { [kText]: "text", notes: "text", m: "map", a: "array", x: "xml" };

const kFormats = ["bold", "em", "link", "1"];

/** One change to the formatted text of a replica. */
export function richEdit(mirror, random) {
  const { text } = mirror;
  mirror.change(() => {
    for (
      let i = random.weighted([
        [4, 1],
        [1, 3],
      ]);
      i > 0;
      i--
    )
      editText(text, random, { embeds: true });
  });
}

/** One change somewhere in the tree of types below the roots. */
export function treeEdit(mirror, random) {
  const { ydoc } = mirror;
  mirror.change(() => {
    for (
      let i = random.weighted([
        [4, 1],
        [1, 4],
      ]);
      i > 0;
      i--
    ) {
      const types = liveTypes(ydoc);
      // Half of the time among the young and deep ones, where deletions of parents hit.
      const target = random.chance(0.5) ? random.pick(types) : random.pick(types.slice(-6));
      editType(target, random);
    }
  });
}

function liveTypes(ydoc) {
  const found = [];
  const visit = (value) => {
    if (!(value instanceof Y.AbstractType)) return;
    found.push(value);
    if (value instanceof Y.Map) value.forEach(visit);
    else if (value instanceof Y.Text) value.toDelta().forEach((op) => visit(op.insert));
    else value.toArray().forEach(visit);
  };
  for (const [root, kind] of Object.entries(kTreeRoots)) visit(rootOf(ydoc, root, kind));
  return found;
}

function editType(type, random) {
  if (type instanceof Y.Map) editMap(type, random);
  else if (type instanceof Y.XmlText) editXmlText(type, random);
  else if (type instanceof Y.Text) editText(type, random, { embeds: type._item !== null });
  else if (type instanceof Y.XmlFragment) editXml(type, random);
  else editArray(type, random);
}

function editMap(map, random) {
  random.weighted([
    [6, () => map.set(key(random), random.chance(0.1) ? bigInt(random) : newValue(random))],
    [2, () => map.delete(random.pick([...map.keys(), "a"]))],
    [1, () => map.set(key(random), undefined)],
    [1, () => insertOldJson(map, random, key(random))],
    [0.3, () => map.clear()],
  ])();
}

function editArray(array, random) {
  const at = random.between(0, array.length);
  random.weighted([
    [
      6,
      () =>
        array.insert(
          at,
          random.list(random.between(1, 4), () => newValue(random)),
        ),
    ],
    [2, () => array.push([anyValue(random)])],
    [4, () => deleteFrom(array, at, random)],
    [1, () => insertOldJson(array, random, null)],
  ])();
}

function editXml(parent, random) {
  const at = random.between(0, parent.length);
  const choices = [
    [4, () => parent.insert(at, [newXmlNode(random)])],
    [2, () => deleteFrom(parent, at, random)],
  ];
  if (parent instanceof Y.XmlElement) {
    choices.push([
      2,
      () => parent.setAttribute(random.pick(["id", "class", "é"]), snippet(random)),
    ]);
    choices.push([1, () => parent.removeAttribute(random.pick(["id", "class", "é"]))]);
  }
  random.weighted(choices)();
}

function editXmlText(text, random) {
  const at = random.between(0, text.length);
  const node = random.pick([null, {}, { class: "a" }, { id: "1", class: "b" }]);
  random.weighted([
    [4, () => text.insert(at, snippet(random))],
    [2, () => deleteFrom(text, at, random)],
    [3, () => text.format(at, random.between(1, 5), { [random.pick(["b", "i"])]: node })],
    [1, () => text.setAttribute("lang", snippet(random))],
  ])();
}

function editText(text, random, { embeds }) {
  const at = random.between(0, text.length);
  const attributes = () => {
    const value = random.weighted([
      [3, true],
      [3, null],
      [2, jsonValue(random)],
    ]);
    return { [random.pick(kFormats)]: value };
  };
  const choices = [
    [4, () => text.insert(at, snippet(random))],
    [4, () => deleteFrom(text, at, random)],
  ];
  if (embeds) {
    const left = Math.max(text.length - at, 1);
    choices.push(
      [6, () => text.format(at, random.between(1, Math.min(left, 8)), attributes())],
      [3, () => text.insert(at, snippet(random), attributes())],
      [
        2,
        () =>
          text.insertEmbed(
            at,
            { image: jsonValue(random) },
            random.chance(0.3) ? attributes() : undefined,
          ),
      ],
      [0.5, () => text.insertEmbed(at, new Y.Map([["in", anyValue(random)]]))],
      [0.5, () => text.setAttribute(key(random), anyValue(random))],
      [
        1,
        () =>
          text.applyDelta([
            { retain: at },
            { insert: snippet(random), attributes: attributes() },
          ]),
      ],
    );
  }
  random.weighted(choices)();
}

function deleteFrom(list, at, random) {
  const length = Math.min(
    random.weighted([
      [5, 1],
      [3, 4],
      [1, 20],
    ]),
    list.length - at,
  );
  if (length > 0) list.delete(at, length);
}

function newValue(random) {
  return random.weighted([
    [8, () => anyValue(random)],
    [1, () => bytes(random)],
    [2, () => new Y.Map(random.list(random.below(3), () => [key(random), anyValue(random)]))],
    [2, () => Y.Array.from(random.list(random.below(3), () => anyValue(random)))],
    [2, () => new Y.Text(snippet(random))],
    [1, () => newXmlNode(random)],
    [0.5, () => new Y.XmlFragment()],
    [0.5, () => new Y.XmlHook(random.pick(["hook", "ü"]))],
    [1, () => newSubdocument(random)],
  ])();
}

function newXmlNode(random) {
  return random.chance(0.5)
    ? new Y.XmlElement(random.pick(["p", "DIV", "h1"]))
    : new Y.XmlText(snippet(random));
}

function newSubdocument(random) {
  const options = { guid: `document-${random.u32()}` };
  if (random.chance(0.3)) options.gc = false;
  if (random.chance(0.3)) options.autoLoad = true;
  if (random.chance(0.3)) options.meta = { name: snippet(random) };
  return new Y.Doc(options);
}

/** Yjs reads the oldest kind of content but writes it no more, so the item is built by hand. */
function insertOldJson(parent, random, parentSub) {
  const { doc } = parent;
  const values = random.list(parentSub === null ? random.between(1, 3) : 1, () =>
    random.chance(0.1) ? undefined : jsonValue(random),
  );
  Y.transact(doc, (transaction) => {
    let left = parentSub === null ? parent._start : (parent._map.get(parentSub) ?? null);
    while (left !== null && left.right !== null) left = left.right;
    const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
    const content = new Y.ContentJSON(values);
    new Y.Item(
      id,
      left,
      left?.lastId ?? null,
      null,
      null,
      parent,
      parentSub,
      content,
    ).integrate(transaction, 0);
  });
}
