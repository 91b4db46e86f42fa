// Makes the seeds of the corpora, corpus/<target>/seed-*: real updates by Yjs, and random choices.
// Run in this folder, after the interop tests installed Yjs: node make_seeds.mjs

import { mkdirSync, writeFileSync } from "node:fs";
import * as Y from "../interop/node_modules/yjs/dist/yjs.mjs";

// What history.h writes.
const kHistory = Buffer.from(
  "020f02008401150674776fc3a90a410116028402040674776fc3a90a4402050174c1020c02050184020b06" +
    "74776fc3a90a44020c027477a1011a01a80119017d2aa80215017d2aa7011b02040002180674776fc3a90a41" +
    "0122010001c8021e0122017d2a1101000101047465787401840100076e65f09f98800a41010002840105086f" +
    "6e65f09f98800a440106016fc1010e01060184010d086f6e65f09f98800a41010e01c40116010e016e210103" +
    "6d61700161012101036d6170016201a10118012101036d6170066e65737465640100060101046c6973740100" +
    "01880122017d2a02020405020d0115011e020105000106020f011601180c",
  "hex",
);

const count = {};
function save(corpus, bytes) {
  mkdirSync(`corpus/${corpus}`, { recursive: true });
  count[corpus] = (count[corpus] ?? 0) + 1;
  const name = `seed-${String(count[corpus]).padStart(2, "0")}`;
  writeFileSync(`corpus/${corpus}/${name}`, bytes);
}

function replica(clientID, gc, update) {
  const doc = new Y.Doc({ gc });
  doc.clientID = clientID;
  if (update) Y.applyUpdate(doc, update);
  return doc;
}

const kChanges = [
  (doc) => doc.getText("text").insert(0, "plain 😀 text\n"),
  (doc) => doc.getText("text").insert(4, "x".repeat(300)),
  (doc) => doc.getText("text").delete(2, 5),
  (doc) => doc.getText("text").format(1, 6, { bold: true, link: { to: "é" } }),
  (doc) => doc.getText("text").format(3, 2, { bold: null }),
  (doc) => doc.getText("text").insertEmbed(2, { image: [1, 2.5, null] }),
  (doc) => doc.getMap("map").set("a", { n: [1, -1, 0.1, 1e300, 2n ** 60n], s: "text" }),
  (doc) => doc.getMap("map").set("b", new Uint8Array([1, 2, 3])),
  (doc) => doc.getMap("map").set("nested", new Y.Text("inside")),
  (doc) => doc.getMap("map").delete("a"),
  (doc) => doc.getArray("list").insert(0, [true, [undefined], "text", new Y.Map([["k", 1]])]),
  (doc) => doc.getMap("map").set("xml", xml()),
  (doc) => doc.getArray("list").push([new Y.Doc({ guid: "inner", meta: 1 })]),
  (doc) => doc.getArray("list").delete(1, 1),
];
function xml() {
  const element = new Y.XmlElement("p");
  element.setAttribute("class", "c");
  element.insert(0, [new Y.XmlText("text"), new Y.XmlElement("br")]);
  return element;
}

const updates = [];
const states = [];
for (const [gc, history] of [[true, null], [false, null], [true, kHistory], [false, kHistory]]) {
  const docs = [3, 4].map((client) => replica(client, gc, history));
  for (const doc of docs) doc.on("update", (update) => updates.push(update));
  for (const [i, change] of kChanges.entries()) {
    change(docs[i % 2]);
    if (i % 3 === 0) docs[1 - (i % 2)].getText("text").insert(1, "ab");
    if (i % 4 !== 3 && i !== 13) continue;
    Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]));
    Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]));
  }
  states.push(...docs.map((doc) => Y.encodeStateAsUpdate(doc)));
  for (const doc of docs) {
    save("state_vector", Y.encodeStateVector(doc));
    const snapshot = Y.snapshot(doc);
    save("snapshot", Y.encodeSnapshot(snapshot));
    save("delete_set", Y.encodeSnapshot(new Y.Snapshot(snapshot.ds, new Map())).slice(0, -1));
  }
}
for (const update of new Set([...updates, ...states])) {
  if (count.update === 90) break;
  save("update", update);
}
// A gap, and what Yjs read before it had the "any" encoding.
save("update", Y.mergeUpdates([updates[0], updates.at(-1)]));
save("update", Buffer.from("010105000201046c69737402035b315d047b2261227d00", "hex"));

const known = replica(5, true, kHistory);
for (const at of [0, 1, 4, 9, 100]) {
  for (const assoc of [0, -1]) {
    const position = Y.createRelativePositionFromTypeIndex(known.getText("text"), at, assoc);
    save("relative_position", Y.encodeRelativePosition(position));
  }
}
const nested = known.getMap("map").get("nested");
for (const at of [0, 2, 100]) {
  save("relative_position",
       Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(nested, at)));
}

/// As merge.cpp reads them: an even byte, then each update behind its length.
for (let i = 0; i < 30; ++i) {
  const chosen = [0, 7, 14, 3].map((step) => updates[(i + step * 5) % updates.length])
    .filter((update) => update.length < 256);
  save("merge", Buffer.concat([Buffer.from([0]), ...chosen.map((update) =>
    Buffer.concat([Buffer.from([update.length]), update]))]));
}

/// Choices for the targets that edit.
let state = 1;
const random = () => (state = (state * 48271) % 0x7fffffff) >> 8;
for (const corpus of ["merge", "converge", "undo", "hostile", "validator", "editor_buffer"]) {
  for (let i = 0; i < 30; ++i) {
    const bytes = Buffer.from(Array.from({ length: 100 + random() % 1400 }, () => random() & 255));
    if (corpus === "merge") bytes[0] |= 1;
    save(corpus, bytes);
  }
}
/// What token.cpp signs, and a whole token that nobody did.
const claims = { iss: "plait.example", aud: "yjs", sub: "alice", workspace: "work",
                 role: "editor", jti: "AAECAwQFBgcICQoLDA0O_w", nbf: 1700000000, exp: 1700003600 };
for (const change of [{}, { iss: "other.example" }, { aud: "connect" }, { sub: "" }, { sub: 1 },
                      { role: "\u00e9" }, { nbf: 1700000100 }, { exp: 1700000000 },
                      { exp: "1700003600" }, { exp: 1e15 }, { exp: 1.5 }, { admin: true }]) {
  save("token", Buffer.from(JSON.stringify({ ...claims, ...change })));
}
const header = Buffer.from('{"alg":"EdDSA","typ":"JWT"}').toString("base64url");
const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
save("token", Buffer.from(`${header}.${payload}.${"A".repeat(86)}`));

const secret = "AAECAwQFBgcICQoLDA0O_w";
const fingerprint = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
for (const server of ["plait.example:4433", "Plait.Example:1", "127.0.0.1:65535", "[::1]:4433",
                      "[2001:DB8::ffff:10.0.0.1]:80", "host:0", "user@host:1"]) {
  for (const tail of [secret, `${secret}.${fingerprint}`]) {
    save("invite", Buffer.from(`plait://${server}/work-1_Z#${tail}`));
  }
}
console.log(count);
