// Makes the seeds of connect_session: corpus/connect_session/seed-*, choices that are real
// conversations. Run in this folder, after the interop tests installed Yjs:
// node make_connect_seeds.mjs

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as Y from "../interop/node_modules/yjs/dist/yjs.mjs";

// What connect_session.cpp makes of bytes: who, what, and what that needs.

const editor = 0, viewer = 1, stranger = 2;
const number = (value) => [value >> 8, value & 255];
const said = (what) => (who, payload) => {
  const bytes = Buffer.from(payload);
  return Buffer.from([who, what, ...number(bytes.length), ...bytes]);
};
const text = said(0);
const binary = said(1);
const pass = (ms) => Buffer.from([0, 6, ...number(ms)]);
const comes_back = (who) => Buffer.from([who, 7]);
const is_slow = (who, slow) => Buffer.from([who, 8, slow ? 0 : 1]);
const store_waits = Buffer.from([0, 9]);
const owner_types = Buffer.from([0, 10]);
const turn = Buffer.from([0, 11]);

let id = 100;
const call = (who, method, params = {}) =>
  text(who, JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }));
const notify = (who, method, params = {}) =>
  text(who, JSON.stringify({ jsonrpc: "2.0", method, params }));

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const varint = (value) => {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
};
const frame = (channel, kind, payload) =>
  Buffer.concat([varint(channel), Buffer.from(kind), varint(payload.length), payload]);
const step1 = (channel, vector = [0]) => frame(channel, [0, 0], Buffer.from(vector));
const step2 = (channel, update) => frame(channel, [0, 1], Buffer.from(update));
const update = (channel, bytes) => frame(channel, [0, 2], Buffer.from(bytes));

// The owner was leased the first id there is, and the editor gets the next one.
const kOwners = 2 ** 32, kEditors = kOwners + 1;
const leases = [call(editor, "client/lease", { replicaId: "r-seed", count: 1 }), turn];
const logs_in = [turn, turn, turn, turn];
const kFile = 1; // the owner opened it
const kOther = 2; // what is opened next

/// The updates of a replica, one for each change.
function updates(client, ...changes) {
  const doc = new Y.Doc();
  doc.clientID = client;
  const all = [];
  doc.on("update", (bytes) => all.push(bytes));
  for (const change of changes) change(doc);
  return all;
}
const type = (at, words) => (doc) => doc.getText("content").insert(at, words);
const erase = (at, count) => (doc) => doc.getText("content").delete(at, count);

const open = (who, document, more = {}) => [
  call(who, "document/open", { document, ...more }), turn,
];
const joined = (channel) => [binary(editor, step2(channel, [0, 0])), turn];
const content = Buffer.from("what is in a picture");
const sha256 = createHash("sha256").update(content).digest();
const named = { sha256: sha256.toString("hex") };
const chunk = (offset, bytes) =>
  binary(editor, Buffer.concat([Buffer.from([0, 0x12]), sha256, varint(offset), bytes]));
const hello = { versions: [1], client: { name: "seed", version: "1" }, required: [], optional: [] };
const capabilities = ["durable", "hash", "presence", "feed", "blobs"];
const at = (document, position) => ({
  activity: "active", typing: true, document,
  selections: [{ anchor: b64(position), head: b64(position) }],
});

const kStories = {
  typing: [
    ...leases, ...open(editor, "f-1", { stateVector: b64([0]) }), ...joined(kFile),
    ...updates(kEditors, type(0, "hello"), type(5, " 😀 world"), erase(2, 6)).flatMap((bytes) => [
      binary(editor, update(kFile, bytes)), owner_types, turn,
    ]),
    pass(3000), turn, turn,
  ],
  joining: [
    ...leases, owner_types, turn, ...open(viewer, "f-1"), binary(viewer, step1(kFile)), turn,
    ...open(editor, "f-2"), binary(editor, step1(kOther)), ...joined(kOther),
    binary(editor, update(kOther, updates(kEditors, type(0, "another"))[0])), turn,
    call(editor, "document/close", { channel: kOther }), turn,
    ...open(viewer, "f-2", { stateVector: b64([0]) }),
    binary(viewer, update(kOther, updates(7, type(0, "not mine"))[0])), turn,
  ],
  tree: [
    ...leases, ...open(editor, "tree"), ...joined(kOther),
    ...updates(
      kEditors,
      (doc) => doc.getMap("files").set("f-1", new Y.Map([["path", "notes.md"], ["kind", "text"]])),
      (doc) => doc.getMap("files").get("f-1").set("path", "docs/notes.md"),
      (doc) => doc.getMap("files").delete("f-1"),
    ).flatMap((bytes) => [binary(editor, update(kOther, bytes)), turn]),
    ...open(viewer, "tree", { stateVector: b64([0]) }),
  ],
  refused: [
    ...leases, ...open(editor, "f-1"), ...joined(kFile),
    binary(editor, update(kFile, updates(kOwners, type(0, "somebody else's id"))[0])), turn,
    ...open(editor, "f-1"), ...joined(kFile),
    binary(editor, update(kFile, updates(kEditors, type(0, "a"), type(1, "gap"))[1])), turn,
    binary(editor, step2(kFile, updates(kEditors, type(0, "a"))[0])), turn,
    binary(editor, update(kFile, [1, 2, 3])), turn,
    binary(editor, update(kFile, updates(kEditors, (doc) => doc.getMap("m").set("k", 1))[0])), turn,
    notify(editor, "document/diverged", { channel: kFile, sha256: "0".repeat(64) }), turn,
  ],
  cut: [
    ...leases, ...open(editor, "f-1"), ...joined(kFile),
    binary(editor, update(kFile, updates(kEditors, type(0, "cut"))[0])), store_waits,
    comes_back(editor), store_waits, ...logs_in,
    ...open(editor, "f-1", { stateVector: b64([1, ...varint(kEditors), 3]) }),
    binary(editor, step2(kFile, updates(kEditors, type(0, "cut"))[0])), turn,
  ],
  slow: [
    ...open(viewer, "f-1", { stateVector: b64([0]) }), is_slow(viewer, true),
    ...Array.from({ length: 20 }, () => [owner_types, turn]).flat(),
    pass(12_000 - 1), turn, is_slow(viewer, false), turn, turn,
  ],
  login: [
    comes_back(stranger), ...logs_in, call(stranger, "hello", { ...hello, optional: capabilities }),
    turn, call(stranger, "login/key", { publicKey: b64(Buffer.alloc(32, 1)),
      signature: b64(Buffer.alloc(64, 2)), name: "Zoë" }), turn,
    call(stranger, "login/token", { token: "eyJ.abc_-.def" }), turn,
    call(stranger, "workspace/list"), call(stranger, "workspace/open", { workspaceId: "w" }), turn,
    call(stranger, "invite/redeem", { workspaceId: "w", secret: b64(Buffer.alloc(16, 3)) }), turn,
    comes_back(viewer), turn, call(viewer, "hello", { ...hello, versions: [2], required: ["x"] }),
    pass(11_000), turn,
  ],
  token: [
    turn, call(editor, "token/issue", { role: "viewer" }), turn,
    call(editor, "client/lease", { replicaId: "r-again", count: 16 }),
    call(viewer, "client/lease", { replicaId: "r-viewer", count: 1 }), turn,
  ],
  presence: [
    turn, notify(editor, "presence/update", at("f-1", [0, 1, 7])), turn, pass(60), turn,
    notify(editor, "presence/update", at("f-2", [1, 7, ...Buffer.from("content")])), pass(60), turn,
    notify(viewer, "presence/update", { activity: "away", typing: false, selections: [] }),
    notify(editor, "chat/typing"), turn, pass(6100), turn, comes_back(editor), ...logs_in,
  ],
  chat: [
    turn, call(editor, "chat/send", { id: "m-1", text: "hello @Ann" }), turn,
    call(editor, "chat/send", { id: "m-1", text: "hello @Ann" }),
    call(editor, "chat/send", { id: "m-2", text: "an answer", replyTo: 1, anchor: {
      document: "f-1", range: { anchor: b64([0, 1, 7]), head: b64([0, 1, 9]) } } }), turn,
    call(editor, "chat/edit", { seq: 1, text: "hello Ann" }),
    call(editor, "chat/react", { seq: 1, emoji: "👍" }),
    call(editor, "chat/react", { seq: 1, emoji: "👍", remove: true }), turn,
    call(viewer, "chat/history", { limit: 1 }), call(viewer, "chat/search", { query: "hel" }),
    call(viewer, "chat/export", { format: "csv" }),
    call(viewer, "chat/send", { id: "x", text: "y" }), turn, call(editor, "chat/delete", { seq: 1 }), turn,
    call(viewer, "feed/since", { after: 0, limit: 3 }), turn,
  ],
  files: [
    turn, call(editor, "activity/record", { id: "a-1", kind: "fileCreated", path: "notes.md" }),
    call(editor, "activity/record",
      { id: "a-2", kind: "fileRenamed", path: "b.md", formerPath: "notes.md" }), turn,
    call(viewer, "feed/since", { after: 0 }), call(editor, "audit/list"), turn,
  ],
  members: [
    turn, call(editor, "member/list"), call(viewer, "invite/list"),
    call(editor, "member/setRole", { userId: "u-2", role: "owner" }),
    call(editor, "member/kick", { userId: "u-0" }),
    call(editor, "member/transfer", { userId: "u-2" }),
    call(editor, "invite/create", { role: "viewer", maxUses: 1 }), turn,
    call(viewer, "member/leave"), turn, comes_back(viewer), turn,
    call(viewer, "workspace/open", { workspaceId: "w" }), turn,
  ],
  blobs: [
    turn, call(editor, "blob/put", { ...named, size: content.length }), turn,
    chunk(0, content.subarray(0, 8)), turn, comes_back(editor), ...logs_in,
    call(editor, "blob/put", { ...named, size: content.length }), turn,
    chunk(8, content.subarray(8)), call(editor, "blob/finish", named), turn,
    call(viewer, "blob/get", { ...named, offset: 5, length: 100 }), turn,
    call(editor, "blob/put", { sha256: "1".repeat(64), size: 3 }), turn,
    chunk(0, Buffer.from("not announced")), call(editor, "blob/finish", { sha256: "1".repeat(64) }),
    turn,
  ],
};

mkdirSync("corpus/connect_session", { recursive: true });
for (const [name, steps] of Object.entries(kStories)) {
  writeFileSync(`corpus/connect_session/seed-${name}`, Buffer.concat(steps));
}
