// Makes protocol/vectors/wire/y-protocols.json: messages as the real y-protocols writes them.
// Run in this folder, after the interop tests installed Yjs: node wire_vectors.mjs
// With --check it says whether the file is what it would make.

import { readFileSync, writeFileSync } from "node:fs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { writePermissionDenied } from "y-protocols/auth";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";

const kFile = new URL("../../protocol/vectors/wire/y-protocols.json", import.meta.url);

// What y-websocket calls its messages.
const kSync = 0;
const kAwareness = 1;
const kAuth = 2;
const kQueryAwareness = 3;

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function written(kind, write = () => {}) {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  write(encoder);
  return hex(encoding.toUint8Array(encoder));
}

function replica(clientID) {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  return doc;
}

const ann = replica(2 ** 32 + 1);
const updates = [];
ann.on("update", (update) => updates.push(update));
ann.getText("content").insert(0, "h\u00e9 \u{1F600}\n");
ann.getText("content").delete(1, 1);

const presence = new awarenessProtocol.Awareness(ann);
presence.setLocalState({ user: { name: "Zo\u00eb", color: "#e06c75" }, cursor: null });
const present = awarenessProtocol.encodeAwarenessUpdate(presence, [ann.clientID]);
presence.setLocalState(null);
const gone = awarenessProtocol.encodeAwarenessUpdate(presence, [ann.clientID]);
presence.destroy();

function statesIn(update) {
  const decoder = decoding.createDecoder(update);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    client: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    json: decoding.readVarString(decoder),
  }));
}

const step2 = (doc, vector) => ({
  type: "syncStep2",
  update: hex(Y.encodeStateAsUpdate(doc, vector)),
});

const vectors = {
  about: "Written by y-protocols 1.0.7; made by tests/interop/wire_vectors.mjs.",
  messages: [
    {
      name: "step 1 of an empty document",
      bytes: written(kSync, (e) => syncProtocol.writeSyncStep1(e, replica(1))),
      message: { type: "syncStep1", stateVector: hex(Y.encodeStateVector(replica(1))) },
    },
    {
      name: "step 1 of a document with text",
      bytes: written(kSync, (e) => syncProtocol.writeSyncStep1(e, ann)),
      message: { type: "syncStep1", stateVector: hex(Y.encodeStateVector(ann)) },
    },
    {
      name: "step 2 for an empty document",
      bytes: written(kSync, (e) => syncProtocol.writeSyncStep2(e, ann)),
      message: step2(ann),
    },
    {
      name: "step 2 for somebody who has everything",
      bytes: written(kSync, (e) =>
        syncProtocol.writeSyncStep2(e, ann, Y.encodeStateVector(ann)),
      ),
      message: step2(ann, Y.encodeStateVector(ann)),
    },
    ...updates.map((update, i) => ({
      name: ["an update that inserts", "an update that deletes"][i],
      bytes: written(kSync, (e) => syncProtocol.writeUpdate(e, update)),
      message: { type: "update", update: hex(update) },
    })),
    {
      name: "awareness",
      bytes: written(kAwareness, (e) => encoding.writeVarUint8Array(e, present)),
      message: { type: "awareness", states: hex(present) },
    },
    {
      name: "permission denied",
      bytes: written(kAuth, (e) => writePermissionDenied(e, "read only")),
      message: { type: "permissionDenied", reason: "read only" },
    },
    {
      name: "query awareness",
      bytes: written(kQueryAwareness),
      message: { type: "queryAwareness" },
    },
  ],
  awareness: [
    { name: "somebody is there", bytes: hex(present), states: statesIn(present) },
    { name: "somebody is gone", bytes: hex(gone), states: statesIn(gone) },
  ],
};

const text = JSON.stringify(vectors, null, 2) + "\n";
if (process.argv.includes("--check")) {
  const same = readFileSync(kFile, "utf8") === text;
  console.log(same ? "1 passed, 0 failed" : "0 passed, 1 failed");
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(kFile, text);
}
