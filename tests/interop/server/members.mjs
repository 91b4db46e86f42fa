import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Y from "yjs";
import { until } from "./plait.mjs";
import { agree, User } from "./user.mjs";

/** A workspace, and what its operator needs for its people. */
async function village(plait) {
  const id = await plait.admin("create-workspace", "Village");
  const room = `${id}/notes.md`;
  return {
    id,
    room,
    token: (role, name, ...more) =>
      plait.admin("token", "Village", "--role", role, "--name", name, ...more),
    async user(role, name, path = "notes.md") {
      const params = { token: await this.token(role, name) };
      return new User(plait, `${id}/${path}`, name, { params });
    },
  };
}

const leave = (...users) => users.forEach((user) => user.leaves());
const refused = (user) => until(() => user.refusals.length > 0, "the server refuses");

export const memberStories = {
  async "three members with tokens end with one text"(plait) {
    const place = await village(plait);
    const users = await Promise.all(
      ["Ann", "Ben", "Cem"].map((name) => place.user("editor", name)),
    );
    await Promise.all(users.map((user) => user.isHere()));
    for (let i = 0; i < 100; i++) {
      for (const user of users) user.types(i % (user.text.length + 1), `${i};`);
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await agree(...users);
    assert(users[0].text.length > 500);
    await plait.hasSaved();
    leave(...users);
    await plait.kill();
    await plait.start();
    const late = await place.user("viewer", "Late");
    await late.reads(users[0].text.toString());
    leave(late);
  },

  async "a token comes in the address or as a subprotocol"(plait) {
    const place = await village(plait);
    const ann = await place.user("editor", "Ann");
    const token = await place.token("editor", "Ben");
    const protocols = ["plait.yjs", `plait.token.${token}`];
    const ben = new User(plait, place.room, "Ben", { protocols });
    await Promise.all([ann.isHere(), ben.isHere()]);
    ann.types(0, "hello");
    await ben.reads("hello");
    leave(ann, ben);
  },

  async "names are those of the members, whatever a client says"(plait) {
    const place = await village(plait);
    const ann = await place.user("editor", "Ann");
    const token = await place.token("editor", "Ben");
    const ben = new User(plait, place.room, "Ann", { params: { token } });
    await ann.sees("Ann", "Ben");
    leave(ann, ben);
  },

  async "a path is the file that the tree has there, and stays it when it is renamed"(plait) {
    const place = await village(plait);
    const gardener = await place.user("editor", "Ann", "tree");
    await gardener.isHere();
    const files = gardener.ydoc.getMap("files");
    const plant = (id, fields) => files.set(id, new Y.Map(Object.entries(fields)));
    plant("3f9ac1", { path: "src/main.c", kind: "text", eol: "crlf", executable: true });
    plant("b10b", { path: "logo.png", kind: "binary", blob: "0".repeat(64) });
    plant("draft", { path: "draft.md", kind: "text" });
    files.delete("draft");
    const late = await place.user("viewer", "Dan", "tree");
    await until(() => late.ydoc.getMap("files").size === 2, "the server has the tree");

    const ben = await place.user("editor", "Ben", "src/main.c");
    const cem = await place.user("editor", "Cem", "3f9ac1");
    await Promise.all([ben.isHere(), cem.isHere()]);
    ben.types(0, "int");
    await cem.reads("int");
    files.get("3f9ac1").set("path", "src/old main.c");
    await until(
      () => late.ydoc.getMap("files").get("3f9ac1").get("path") === "src/old main.c",
      "it is renamed",
    );
    ben.types(3, " main;");
    const dan = await place.user("viewer", "Dan", "src/old main.c");
    await dan.reads("int main;");
    const nobody = await place.user("viewer", "Dan", "src/main.c");
    await nobody.isHere();
    assert.equal(nobody.text.toString(), "");

    const lost = await place.user("editor", "Ben", "logo.png");
    await until(() => lost.closings.length > 0, "it is no room");
    assert.match(lost.closings[0], /^4404/);
    leave(gardener, late, ben, cem, dan, nobody, lost);
    await plait.hasSaved();
    await plait.kill();
    await plait.start();
    const again = await place.user("viewer", "Dan", "src/old main.c"); // the tree is loaded
    await again.reads("int main;");
    leave(again);
  },

  async "what a viewer types stays with him"(plait) {
    const place = await village(plait);
    const [ann, eve] = [await place.user("editor", "Ann"), await place.user("viewer", "Eve")];
    let denied = 0;
    eve.onDenied(() => denied++);
    await Promise.all([ann.isHere(), eve.isHere()]);
    eve.types(0, "not to be seen");
    await until(() => denied > 0, "she is told");
    ann.types(0, "seen");
    await until(() => eve.text.toString().includes("seen"), "she goes on reading");
    leave(eve);
    const ben = await place.user("editor", "Ben");
    await ben.reads("seen");
    leave(ann, ben);
  },

  async "nobody comes in without a good token"(plait) {
    const place = await village(plait);
    const good = await place.token("editor", "Ann");
    const other = await plait.admin("create-workspace", "Other");
    const elsewhere = await plait.admin("token", other, "--role", "editor");
    const forged = `${good.slice(0, -4)}AAAA`;
    for (const token of ["", "noise", forged, elsewhere]) {
      const eve = new User(plait, place.room, "Eve", { params: { token } });
      await refused(eve);
      assert.match(eve.refusals[0], /403/);
      leave(eve);
    }
  },

  async "a member who is removed is out within a second, and stays out"(plait) {
    const place = await village(plait);
    const ann = await place.user("editor", "Ann");
    const token = await place.token("editor", "Eve");
    const eve = new User(plait, place.room, "Eve", { params: { token } });
    await Promise.all([ann.isHere(), eve.isHere()]);
    const asked = Date.now();
    await plait.admin("revoke", "Village", "Eve");
    await until(() => eve.closings.length > 0, "she is sent away");
    assert(Date.now() - asked < 1000);
    assert.match(eve.closings[0], /^4403/);
    const again = new User(plait, place.room, "Eve", { params: { token } });
    await refused(again);
    again.types(0, "not to be seen");
    ann.types(0, "seen");
    const ben = await place.user("editor", "Ben");
    await ben.reads("seen");
    leave(ann, ben, eve, again);
  },

  async "a role that is taken away holds for who is here"(plait) {
    const place = await village(plait);
    const [ann, ben] = [await place.user("editor", "Ann"), await place.user("editor", "Ben")];
    let denied = 0;
    ben.onDenied(() => denied++);
    await Promise.all([ann.isHere(), ben.isHere()]);
    ben.types(0, "before;");
    await ann.reads("before;");
    await place.token("viewer", "Ben"); // that guest is a viewer from now on
    ben.types(0, "after;");
    await until(() => denied > 0, "he is told");
    assert.equal(ann.text.toString(), "before;");
    leave(ann, ben);
  },

  async "a token ends with its time, and its connection with it"(plait) {
    const place = await village(plait);
    const token = await place.token("editor", "Ann", "--expires", "2s");
    const ann = new User(plait, place.room, "Ann", { params: { token } });
    await ann.isHere();
    await until(() => ann.closings.length > 0, "she is sent away");
    assert.match(ann.closings[0], /^4401/);
    const again = new User(plait, place.room, "Ann", { params: { token } });
    await refused(again);
    leave(ann, again);
  },

  async "a new server prints a link for its first owner"(plait) {
    await until(() => plait.firstOwner !== null, "there is a link");
    const [{ id }] = (await plait.adminJson("workspaces")).workspaces;
    const first = plait.firstOwner;
    assert.match(first, /^plait:\/\/127\.0\.0\.1:\d+\/w-[0-9a-f]+#[\w-]{22}\.[0-9a-f]{64}$/);
    assert(first.includes(`/${id}#`));
    await plait.stop();
    plait.firstOwner = null;
    await plait.start();
    await until(() => plait.firstOwner !== null, "there is another one");
    assert.notEqual(plait.firstOwner, first);
    const { invites } = await plait.adminJson("members", id);
    assert.equal(invites.length, 1); // the first one is void
    assert.equal(invites[0].role, "owner");
  },

  async "the operator's desk is the same with a server and without"(plait) {
    const place = await village(plait);
    await place.token("editor", "Ann");
    const link = await plait.admin("invite", place.id, "--role", "viewer", "--uses", "3");
    assert.match(link, new RegExp(`^plait://127.0.0.1:\\d+/${place.id}#`));
    const beside = await plait.adminJson("members", place.id);
    await plait.stop();
    const without = await plait.adminJson("members", place.id);
    assert.deepEqual(without, beside);
    await plait.admin("revoke", "Village", beside.invites[0].id);
    const again = await plait.admin("invite", place.id, "--role", "editor", "--expires", "7d");
    assert.equal(again.split("#")[0], link.split("#")[0]); // it knows where the server was
    await plait.admin("create-workspace", "Second");
    await plait.start();
    const { workspaces } = await plait.adminJson("workspaces");
    assert.deepEqual(workspaces.map(({ name }) => name).sort(), ["Second", "Village", "Workspace"]);
    const { members, invites } = await plait.adminJson("members", "Village");
    assert.deepEqual(members.map(({ name }) => name), ["Ann"]);
    assert.deepEqual(invites.map(({ role }) => role), ["editor"]);
  },

  async "a backup that was made while people type is whole"(plait) {
    const place = await village(plait);
    const ann = await place.user("editor", "Ann");
    await ann.isHere();
    for (let i = 0; i < 100; i++) ann.types(0, `${i};`);
    await plait.hasSaved();
    const file = join(plait.folder, "backup.db");
    ann.types(0, "meanwhile");
    await plait.admin("backup", file);
    assert.equal(statSync(file).mode & 0o77, 0); // nobody else reads it
    assert(readFileSync(file).length > 0);
    await assert.rejects(plait.admin("backup", file)); // it is there already
    const report = await plait.adminJson("verify");
    assert.deepEqual(report.findings, []);
    assert(report.documents > 0);
    const stats = await plait.adminJson("stats");
    assert(stats.entries > 0);
    leave(ann);
  },

  async "what is wrong is said in words"(plait) {
    const says = async (args, words) => {
      await assert.rejects(plait.admin(...args), (error) => error.message.includes(words));
    };
    await says(["members", "Nowhere"], "there is no workspace");
    await plait.admin("create-workspace", "Twins");
    await plait.admin("create-workspace", "Twins");
    await says(["members", "Twins"], "say the id");
    await says(["revoke", "Workspace", "Nobody"], "there is no member");
    await says(["token", "Workspace", "--role", "king"], "expected owner, editor");
    await says(["token", "Workspace", "--role", "viewer", "--expires", "2d"], "24h");
    await says(["invite", "Workspace", "--role", "viewer", "--expires", "soon"], "expected a time");
    await says(["create-workspace", "a\u200bb"], "nobody sees");
  },
};
