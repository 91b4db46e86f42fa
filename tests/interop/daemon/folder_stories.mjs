import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OpenBuffer } from "./buffer.mjs";
import { until } from "./place.mjs";
import { agree, count, Folder, pair, together, uriOf } from "./together.mjs";

export const folderStories = {
  async "a folder is shared, and everything in it arrives byte by byte"(place) {
    const { his, shared, joined } = await together(place, {
      "hello.txt": "hello\nworld\n",
      "src/deep/er/x.c": "int main() {}\n",
      "dos.txt": "one\r\ntwo\r\n",
      "no newline": "at the end",
      "empty": "",
      "näme ü.txt": "ümläut 𝄞\n",
      "picture.bin": Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) & 255)),
    });
    assert.equal(shared.workspace.connection, "embedded");
    assert.equal(shared.workspace.role, "owner");
    assert.equal(joined.workspace.role, "editor");
    assert.equal(joined.workspace.id, shared.workspace.id);
    assert.equal(statSync(his.at("hello.txt")).mode & 0o777, 0o644);
  },

  async "what rules exclude stays where it is"(place) {
    const { his } = await together(place, { "kept.txt": "kept\n" });
    const hers = new Folder(join(place.folder, "hers"));
    hers.write(".env", "SECRET=1\n");
    hers.write(".git/config", "[core]\n");
    hers.write("id_rsa", "private\n");
    hers.write("seen.txt", "seen\n");
    await his.gets("seen.txt", "seen\n");
    for (const name of [".env", ".git/config", "id_rsa"]) assert(!existsSync(his.at(name)), name);
  },

  async "two people type at the same time, and nothing is lost or doubled"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n" });
    const [hers, his] = await pair(both, "a.txt");
    for (let i = 0; i < 200; i++) {
      hers.types([0, 0], "a");
      his.types([1, 0], "b");
      if (i % 7 === 0) await hers.read();
      if (i % 5 === 0) await his.read();
    }
    const text = await agree(hers, his);
    assert.equal(count(text, "a"), 200);
    assert.equal(count(text, "b"), 200);
    await until(async () => (await his.read(), his.verified > 0), "the hash is verified");
    assert.equal(hers.differed + his.differed, 0);
  },

  async "undo takes back one's own and nobody else's"(place) {
    const both = await together(place, { "a.txt": "middle\n" });
    const [hers, his] = await pair(both, "a.txt");
    hers.types([0, 0], "hers ");
    await his.becomes("hers middle\n");
    his.types([0, 11], " his");
    await hers.becomes("hers middle his\n");
    assert.equal((await hers.undo()).changed, true);
    await his.becomes("middle his\n");
    assert.equal(await agree(hers, his), "middle his\n");
    assert.equal((await hers.undo()).changed, false);
  },

  async "a file that nobody has open is written by the daemon, one that is open by its editor"(
    place,
  ) {
    const both = await together(place, { "a.txt": "text\n" });
    const hers = await OpenBuffer.open(both.ann, both.hers.at("a.txt"));
    hers.types([0, 4], " more");
    await both.his.gets("a.txt", "text more\n");
    assert.equal(both.hers.read("a.txt").toString(), "text\n");
    both.hers.write("a.txt", hers.text);
    hers.saves();
    hers.types([0, 0], "and ");
    await both.his.gets("a.txt", "and text more\n");
    hers.closes();
    await both.hers.gets("a.txt", "and text more\n");
  },

  async "what a program does to a file is merged with what people type"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\nthree\n" });
    const his = await OpenBuffer.open(both.bob, both.his.at("a.txt"));
    his.types([0, 3], " typed");
    both.hers.write("a.txt", "one\ntwo\nthree\nprogram\n");
    await his.becomes("one typed\ntwo\nthree\nprogram\n");
    await both.hers.gets("a.txt", "one typed\ntwo\nthree\nprogram\n");
  },

  async "files are made, renamed with what others write in them meanwhile, and deleted"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    both.his.write("new/b.txt", "new\n");
    await both.hers.gets("new/b.txt", "new\n");
    const hers = await OpenBuffer.open(both.ann, both.hers.at("a.txt"));
    renameSync(both.his.at("a.txt"), both.his.at("new/renamed.txt"));
    hers.types([0, 0], "still ");
    await both.his.gets("new/renamed.txt", "still text\n");
    await both.hers.loses("a.txt");
    hers.closes();
    await both.hers.gets("new/renamed.txt", "still text\n");
    rmSync(both.hers.at("new/b.txt"));
    await both.his.loses("new/b.txt");
  },

  async "many files that go at once are held back, and the others keep theirs"(place) {
    const files = {};
    for (let i = 0; i < 30; i++) files[`f${i}.txt`] = `${i}\n`;
    const both = await together(place, files);
    for (let i = 0; i < 25; i++) rmSync(both.hers.at(`f${i}.txt`));
    const problem = await until(
      () =>
        both.ann.heard.find(
          (message) =>
            message.method === "workspace/problem" && message.params.code === "deletionsHeld",
        ),
      "it is asked about",
    );
    assert.equal(problem.params.workspaceId, both.shared.workspace.id);
    assert.equal(both.his.read("f3.txt").toString(), "3\n");
    const { workspaces } = await both.ann.call("workspace/list");
    const [question] = workspaces[0].questions;
    assert.equal(question.kind, "deletions");
    assert.equal(question.count, 25);
    assert.equal(question.uris.length, 25);

    const declined = await place.run("decline", both.hers.path);
    assert.equal(declined.out.trim().split("\n").length, 25);
    await both.hers.gets("f3.txt", "3\n");
    for (let i = 0; i < 25; i++) await both.hers.gets(`f${i}.txt`, `${i}\n`);
    for (let i = 0; i < 25; i++) rmSync(both.hers.at(`f${i}.txt`));
    await until(async () => (await place.run("status")).out.includes("25 files"), "it asks again");
    assert.equal((await place.run("accept", both.hers.path)).code, 0);
    for (let i = 0; i < 25; i++) await both.his.loses(`f${i}.txt`);
    assert.equal(both.his.read("f29.txt").toString(), "29\n");
    assert.match((await place.run("accept", both.hers.path)).notes, /asks nothing/);
  },

  async "what runs when a folder is opened is written only once a person has agreed"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const asks = () => both.bobs.run("status").then(({ out }) => out.includes("may run when"));
    both.hers.write(".vscode/tasks.json", "{}\n");
    both.hers.write("b.txt", "text\n");
    await both.his.gets("b.txt", "text\n");
    await until(asks, "he is asked");
    assert.equal(both.his.read(".vscode/tasks.json"), null);
    assert.equal((await both.bobs.run("accept", both.his.path)).code, 0);
    await both.his.gets(".vscode/tasks.json", "{}\n");
    assert(!(await asks()));

    both.hers.write(".vscode/tasks.json", '{ "evil": true }\n');
    await until(asks, "he is asked about the next version, too");
    assert.equal((await both.bobs.run("decline", both.his.path)).code, 0);
    assert(!(await asks()));
    both.hers.write("b.txt", "and more\n");
    await both.his.gets("b.txt", "and more\n");
    assert.equal(both.his.read(".vscode/tasks.json").toString(), "{}\n");
    renameSync(both.hers.at("b.txt"), both.hers.at(".exrc"));
    await until(asks, "a file that becomes such a file is asked about");
    assert.equal(both.his.read("b.txt").toString(), "and more\n");
    assert.equal((await both.bobs.run("accept", both.his.path)).code, 0);
    await both.his.gets(".exrc", "and more\n");
    await both.his.loses("b.txt");
  },

  async "a file of this machine alone is neither shared nor replaced by one of its name"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const { id } = both.shared.workspace;
    both.his.write(".env", "MINE=1\n");
    writeFileSync(join(place.home, "rules", id, "rules", "own-rules"), "!.env\n");
    both.ann.kill();
    process.kill(await place.theDaemon(), "SIGKILL");
    const again = place.editor();
    await again.initialize("Ann");
    await again.call("workspace/open", { folder: uriOf(both.hers.path) });
    both.hers.write(".env", "HERS=1\n");
    await until(
      () => both.bob.heard.find(({ params }) => params?.code === "inTheWay"),
      "he is told of it",
    );
    assert.equal(both.his.read(".env").toString(), "MINE=1\n");
    both.hers.write(".env", "HERS=2\n");
    both.hers.write("b.txt", "text\n");
    await both.his.gets("b.txt", "text\n");
    assert.equal(both.his.read(".env").toString(), "MINE=1\n");
    assert.equal(both.hers.read(".env").toString(), "HERS=2\n");
  },

  async "a file that was made a moment ago can be opened at once, and by others soon"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    for (let i = 0; i < 20; i++) {
      both.hers.write(`new/${i}.txt`, `${i}\n`);
      const hers = await OpenBuffer.open(both.ann, both.hers.at(`new/${i}.txt`));
      hers.types([0, 0], "typed ");
    }
    for (let i = 0; i < 20; i++) await both.his.gets(`new/${i}.txt`, `typed ${i}\n`);
  },

  async "two editors on one machine share one replica, also without the server"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const other = both.bobs.editor();
    await other.initialize("Bob");
    const server = await place.theDaemon();
    process.kill(server, "SIGSTOP");
    try {
      const first = await OpenBuffer.open(both.bob, both.his.at("a.txt"));
      const second = await OpenBuffer.open(other, both.his.at("a.txt"));
      first.types([0, 0], "one ");
      await second.becomes("one text\n");
      second.types([0, 0], "two ");
      await first.becomes("two one text\n");
    } finally {
      process.kill(server, "SIGCONT");
    }
    await both.hers.gets("a.txt", "two one text\n");
  },

  async "the sharer's daemon is killed while people type, and nothing typed is lost"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const [hers, his] = await pair(both, "a.txt");
    for (let i = 0; i < 50; i++) {
      hers.types([0, 0], "a");
      his.types([0, 0], "b");
      if (i === 25) process.kill(await place.theDaemon(), "SIGKILL");
      await new Promise((resolve) => setImmediate(resolve));
    }
    const text = await agree(hers, his);
    assert.equal(count(text, "a"), 50);
    assert.equal(count(text, "b"), 50);
  },

  async "the guest's daemon is killed too, and comes back by itself"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const his = await OpenBuffer.open(both.bob, both.his.at("a.txt"));
    his.types([0, 0], "before ");
    await both.hers.gets("a.txt", "before text\n");
    process.kill(await both.bobs.theDaemon(), "SIGKILL");
    his.types([0, 0], "after ");
    const first = his.epoch;
    await until(async () => (await his.read(), his.epoch !== first), "he is asked what he has");
    await both.hers.gets("a.txt", "after before text\n");
    assert.equal(await his.read(), "after before text\n");
  },

  async "what was written without the server reaches it, although the daemon was killed before"(
    place,
  ) {
    const both = await together(place, { "a.txt": "text\n", "b.txt": "text\n" });
    both.ann.kill();
    process.kill(await place.theDaemon(), "SIGKILL");
    await place.noDaemon();
    both.his.write("a.txt", "text\nby a program\n");
    const his = await OpenBuffer.open(both.bob, both.his.at("b.txt"));
    his.types([0, 0], "typed ");
    his.closes();
    await both.his.gets("b.txt", "typed text\n");
    await until(async () => {
      const { workspaces } = await both.bob.call("workspace/list");
      return workspaces[0].pendingEdits >= 2;
    }, "both wait for the server");
    process.kill(await both.bobs.theDaemon(), "SIGKILL");
    const again = place.editor();
    await again.initialize("Ann");
    await again.call("workspace/open", { folder: uriOf(both.hers.path) });
    await both.bob.call("workspace/open", { folder: uriOf(both.his.path) });
    await both.hers.gets("b.txt", "typed text\n");
    await both.hers.gets("a.txt", "text\nby a program\n");
  },

  async "a binary file that was made without the server reaches the others after a restart"(
    place,
  ) {
    const both = await together(place, { "a.txt": "text\n" });
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 11) & 255));
    both.ann.kill();
    process.kill(await place.theDaemon(), "SIGKILL");
    await place.noDaemon();
    const picture = (i) => Buffer.concat([bytes, Buffer.from([i])]);
    for (let i = 0; i < 8; i++) both.his.write(`${i}.bin`, picture(i));
    await until(async () => {
      const { workspaces } = await both.bob.call("workspace/list");
      return workspaces[0].pendingEdits > 8;
    }, "they wait for the server, and so does the list of files");
    process.kill(await both.bobs.theDaemon(), "SIGKILL");
    const again = place.editor();
    await again.initialize("Ann");
    await again.call("workspace/open", { folder: uriOf(both.hers.path) });
    for (let i = 0; i < 8; i++) await both.hers.gets(`${i}.bin`, picture(i));
    await until(async () => {
      const { workspaces } = await both.bob.call("workspace/list");
      return workspaces[0].pendingEdits === 0;
    }, "nothing waits any more");
  },

  async "what may not be done is refused, in words and with its code"(place) {
    const both = await together(place, { "a.txt": "text\n", "b.bin": Buffer.from([0, 255]) });
    const code = async (path) => {
      try {
        await OpenBuffer.open(both.ann, path, { text: "" });
      } catch (error) {
        return error.code;
      }
      return 0;
    };
    both.hers.write(".env", "A=1\n");
    assert.equal(await code("/etc/hostname"), -32020);
    assert.equal(await code(both.hers.at("not there.txt")), -32020);
    assert.equal(await code(both.hers.at(".env")), -32021);
    assert.equal(await code(both.hers.at("b.bin")), -32024);
    const asked = both.bob.asks("workspace/open", { folder: uriOf(both.bobs.folder) });
    assert.equal((await both.bob.answer(asked)).error.code, -32011);
    const inside = both.ann.asks("workspace/share", { folder: uriOf(both.hers.at(".")) + "sub" });
    assert((await both.ann.answer(inside)).error.message.length > 10);
  },

  async "a folder that holds other files is joined only if one says what becomes of them"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n", "b.txt": "same\n", "c.txt": "c\n" });
    const machine = place.neighbour();
    const carl = machine.editor();
    await carl.initialize("Carl");
    const folder = new Folder(join(machine.folder, "his"));
    folder.write("a.txt", "one\nmine\ntwo\n");
    folder.write("b.txt", "same\n");
    folder.write("mine.txt", "mine\n");
    const params = { invite: both.invite, folder: uriOf(folder.path) };
    const { error } = await carl.answer(carl.asks("workspace/join", params));
    assert.equal(error.code, -32010);
    assert.deepEqual(error.data, {
      same: ["b.txt"],
      onlyLocal: ["mine.txt"],
      onlyRemote: ["c.txt"],
      different: ["a.txt"],
    });
    assert.equal(folder.read("a.txt").toString(), "one\nmine\ntwo\n");
    assert.equal(folder.read("c.txt"), null);
    await carl.call("workspace/join", { ...params, existing: "keepMine" });
    await folder.gets("c.txt", "c\n");
    await both.hers.gets("a.txt", "one\nmine\ntwo\n");
    await both.hers.gets("mine.txt", "mine\n");

    const other = place.neighbour();
    const dora = other.editor();
    await dora.initialize("Dora");
    const hers = new Folder(join(other.folder, "hers"));
    hers.write("a.txt", "quite another\n");
    const { backup } = await dora.call("workspace/join", {
      invite: both.invite,
      folder: uriOf(hers.path),
      existing: "takeTheirs",
    });
    await hers.gets("a.txt", "one\nmine\ntwo\n");
    assert.equal(readFileSync(new URL(backup)).toString(), "quite another\n");
  },

  async "an invite that is none, and a server that is not there, are said at once"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const machine = place.neighbour();
    const eve = machine.editor();
    await eve.initialize("Eve");
    const folder = new Folder(join(machine.folder, "nothing"));
    const joining = async (invite) => {
      const answer = eve.asks("workspace/join", { invite, folder: uriOf(folder.path) });
      return (await eve.answer(answer)).error;
    };
    const secret = /#[^.]+/;
    const wrong = both.invite.replace(secret, "#AAAAAAAAAAAAAAAAAAAAAA");
    assert.equal((await joining(wrong)).code, -32012);
    assert.equal((await joining(both.invite.replace(/:\d+\//, ":1/"))).code, -32012);
    assert.equal((await joining("plait://nonsense")).code, -32602);
    assert.deepEqual((await eve.call("workspace/list")).workspaces, []);
    await eve.call("workspace/join", { invite: both.invite, folder: uriOf(folder.path) });
    await folder.gets("a.txt", "text\n");
  },

  async "the command line shares and joins without an editor"(place) {
    const machine = place.neighbour();
    const hers = new Folder(join(place.folder, "hers"));
    const his = new Folder(join(machine.folder, "his"));
    hers.write("a.txt", "text\n");
    const shared = await place.run("share", hers.path, "--host", "127.0.0.1");
    assert.equal(shared.code, 0, shared.notes);
    const link = shared.out.match(/plait:\/\/\S+/)[0];
    const joined = await machine.run("join", link, his.path);
    assert.equal(joined.code, 0, joined.notes);
    await his.gets("a.txt", "text\n");
    his.write("b.txt", "back\n");
    await hers.gets("b.txt", "back\n");
    const status = await machine.run("status", "--json");
    assert.equal(JSON.parse(status.out).workspaces[0].connection, "online");
    process.kill(await place.theDaemon(), "SIGKILL");
    his.write("c.txt", "while it was away\n");
    await place.run("status");
    const editor = place.editor();
    await editor.initialize("Ann");
    await hers.gets("c.txt", "while it was away\n");
    assert.equal((await machine.run("leave", his.path)).code, 0);
    assert.equal(his.read("a.txt").toString(), "text\n");
  },

  async "a viewer reads, and what he changes is put right"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const viewers = place.neighbour();
    const eve = viewers.editor();
    await eve.initialize("Eve");
    const { invite } = await both.ann.call("workspace/invite", {
      workspaceId: both.shared.workspace.id,
      role: "viewer",
    });
    const folder = new Folder(join(viewers.folder, "hers"));
    const { workspace } = await eve.call("workspace/join", {
      invite,
      folder: uriOf(folder.path),
    });
    assert.equal(workspace.readOnly, true);
    await folder.gets("a.txt", "text\n");
    const buffer = await OpenBuffer.open(eve, folder.at("a.txt"));
    assert.equal(buffer.readOnly, true);
    buffer.types([0, 0], "mine ");
    await buffer.becomes("text\n");
    folder.write("a.txt", "changed\n");
    buffer.closes();
    await folder.gets("a.txt", "text\n");
    assert.equal(both.hers.read("a.txt").toString(), "text\n");
  },

  async "people see each other, and where the other is"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n" });
    const [, his] = await pair(both, "a.txt");
    both.bob.says("presence/update", {
      uri: his.uri,
      selections: [{ anchor: { line: 1, character: 0 }, head: { line: 1, character: 3 } }],
    });
    const cursor = await until(
      () =>
        both.ann.heard.findLast(
          (message) =>
            message.method === "cursor/changed" && message.params.selections.length > 0,
        ),
      "Bob's cursor is seen",
    );
    assert.equal(cursor.params.uri, uriOf(both.hers.at("a.txt")));
    assert.deepEqual(cursor.params.selections, [
      { anchor: { line: 1, character: 0 }, head: { line: 1, character: 3 } },
    ]);
    const roster = both.ann.heard.findLast((message) => message.method === "presence/changed");
    assert.deepEqual(roster.params.participants.map(({ name }) => name).sort(), ["Ann", "Bob"]);
    assert.equal(roster.params.participants.filter(({ you }) => you).length, 1);
  },

  async "people talk"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const workspaceId = both.shared.workspace.id;
    const { message } = await both.ann.call("chat/send", { workspaceId, text: "hello" });
    assert.equal(message.author.name, "Ann");
    const news = await until(
      () => both.bob.heard.find((heard) => heard.method === "chat/changed"),
      "Bob hears of it",
    );
    assert.equal(news.params.messages[0].text, "hello");
    assert.equal(news.params.unread, 1);
    const { messages } = await both.bob.call("chat/history", { workspaceId });
    assert.deepEqual(messages.map(({ text }) => text), ["hello"]);
  },
};
