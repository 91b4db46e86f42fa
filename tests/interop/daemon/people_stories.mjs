import assert from "node:assert/strict";
import { OpenBuffer } from "./buffer.mjs";
import { until } from "./place.mjs";
import { pair, together, uriOf } from "./together.mjs";

const textsOf = (messages) => messages.map(({ text }) => text);

/** What an editor shows of the chat. */
async function chatOf(editor, workspaceId) {
  return (await editor.call("chat/history", { workspaceId })).messages;
}

/** The editor goes, and its daemon, with the server in it, is killed. */
async function leavesForGood(editor, place) {
  editor.kill();
  process.kill(await place.theDaemon(), "SIGKILL");
  await place.noDaemon();
}

async function another(place, name, folder) {
  const editor = place.editor();
  await editor.initialize(name);
  const { workspace } = await editor.call("workspace/open", { folder: uriOf(folder) });
  return { editor, workspace };
}

/** Its bridge finds or starts another one. */
async function restarted(place) {
  const before = await place.theDaemon();
  process.kill(before, "SIGKILL");
  await until(async () => ![null, before].includes(await place.daemon()), "a new daemon");
}

/** Messages with this text that an editor was told of and that are on the server. */
const tellings = (editor, text) =>
  editor.heard
    .filter(({ method }) => method === "chat/changed")
    .flatMap(({ params }) => params.messages)
    .filter((message) => message.text === text && !message.pending);

const newest = (editor, method, wanted = () => true) =>
  editor.heard.findLast((message) => message.method === method && wanted(message.params))?.params;

export const peopleStories = {
  async "what is said while the server is away arrives once, over kills of the daemon too"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const workspaceId = both.shared.workspace.id;
    await both.ann.call("chat/send", { workspaceId, text: "before" });
    await until(() => tellings(both.bob, "before").length === 1, "Bob hears of it");
    await leavesForGood(both.ann, place);
    await until(
      () => newest(both.bob, "workspace/changed")?.workspace.connection !== "online",
      "Bob's daemon notices",
    );

    const one = await both.bob.call("chat/send", { workspaceId, text: "one" });
    assert.equal(one.message.pending, true);
    assert.equal(one.message.seq, 0);
    assert.equal(one.message.author.name, "Bob");
    await restarted(both.bobs);
    const edited = await both.bob.call("chat/edit", {
      workspaceId,
      messageId: one.message.id,
      text: "one, corrected",
    });
    assert.equal(edited.message.pending, true);
    await both.bob.call("chat/send", { workspaceId, text: "two", replyTo: one.message.id });
    await restarted(both.bobs);
    const shown = await chatOf(both.bob, workspaceId);
    assert.deepEqual(textsOf(shown), ["before", "one, corrected", "two"]);
    assert.deepEqual(shown.map(({ pending }) => pending), [undefined, true, true]);
    const found = await both.bob.call("chat/search", { workspaceId, query: "befor" });
    assert.deepEqual(textsOf(found.messages), ["before"]);

    const { editor: ann } = await another(place, "Ann", both.hers.path);
    await until(
      async () => (await chatOf(ann, workspaceId)).length === 3 &&
        (await chatOf(ann, workspaceId))[1].text === "one, corrected",
      "Ann reads all of it",
    );
    await until(
      async () => (await chatOf(both.bob, workspaceId)).every(({ pending }) => !pending),
      "nothing waits any more",
    );
    await restarted(both.bobs);
    const settled = await chatOf(both.bob, workspaceId);
    assert.deepEqual(textsOf(settled), ["before", "one, corrected", "two"]);
    assert.equal(settled[1].id, one.message.id);
    assert.equal(settled[2].replyTo, one.message.id);
    assert.deepEqual(textsOf(await chatOf(ann, workspaceId)), textsOf(settled));
  },

  async "a message to a server that hangs is answered as pending, and posted once"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const workspaceId = both.shared.workspace.id;
    const server = await place.theDaemon();
    process.kill(server, "SIGSTOP");
    try {
      const { message } = await both.bob.call("chat/send", { workspaceId, text: "hello?" });
      assert.equal(message.pending, true);
      await restarted(both.bobs);
    } finally {
      process.kill(server, "SIGCONT");
    }
    await until(() => tellings(both.ann, "hello?").length > 0, "Ann hears of it");
    await until(() => tellings(both.bob, "hello?").length > 0, "Bob is told that it is there");
    assert.deepEqual(textsOf(await chatOf(both.ann, workspaceId)), ["hello?"]);
    assert.equal(tellings(both.ann, "hello?").length, 1);
  },

  async "every editor hears of each message once, and what was read stays read"(place) {
    const both = await together(place, { "a.txt": "text\n" });
    const workspaceId = both.shared.workspace.id;
    const { editor: other } = await another(both.bobs, "Bob", both.his.path);
    await both.ann.call("chat/send", { workspaceId, text: "hers" });
    await until(() => tellings(both.bob, "hers").length && tellings(other, "hers").length, "hers");
    await both.bob.call("chat/send", { workspaceId, text: "his" });
    const all = [both.ann, both.bob, other];
    await until(() => all.every((editor) => tellings(editor, "his").length), "his");
    for (const editor of all) {
      for (const text of ["hers", "his"]) assert.equal(tellings(editor, text).length, 1, text);
    }
    assert.equal(newest(other, "chat/changed").unread, 1, "his own does not count");

    await restarted(both.bobs);
    assert.equal((await chatOf(both.bob, workspaceId)).length, 2);
    await until(() => newest(both.bob, "chat/changed").unread === 1, "it is not forgotten");
    const [hers] = await chatOf(both.bob, workspaceId);
    both.bob.says("chat/read", { workspaceId, seq: hers.seq });
    await until(() => newest(other, "chat/changed").unread === 0, "the other editor hears of it");
    const late = await another(both.bobs, "Bob", both.his.path);
    assert.equal((await chatOf(late.editor, workspaceId)).length, 2);
    assert.equal(newest(late.editor, "chat/changed"), undefined);
  },

  async "editors of one machine see each other's cursors, also without the server"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n" });
    const { editor: other } = await another(both.bobs, "Bob", both.his.path);
    const [, his] = await pair(both, "a.txt");
    await OpenBuffer.open(other, both.his.at("a.txt"));
    await leavesForGood(both.ann, place);
    await until(() => {
      const people = newest(other, "presence/changed")?.participants;
      return people?.length === 2 && people.filter(({ you }) => you).length === 1;
    }, "only the editors of this machine are there");
    const at = { line: 1, character: 2 };
    both.bob.says("presence/update", { uri: his.uri, selections: [{ anchor: at, head: at }] });
    const cursor = await until(
      () => newest(other, "cursor/changed", ({ selections }) => selections.length > 0),
      "the other editor sees it",
    );
    assert.deepEqual(cursor.selections, [{ anchor: at, head: at }]);
    const { participants } = newest(other, "presence/changed");
    const seen = participants.find(({ id }) => id === cursor.participantId);
    assert.equal(seen.name, "Bob");
    assert.equal(seen.you, false);
    both.bob.kill();
    await until(
      () => newest(other, "presence/changed").participants.length === 1,
      "and that it has gone",
    );
  },

  async "an editor hears who made a change"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n" });
    const { editor: other } = await another(both.bobs, "Bob", both.his.path);
    const [hers, his] = await pair(both, "a.txt");
    await OpenBuffer.open(other, both.his.at("a.txt"));
    both.bob.says("presence/update", { uri: his.uri, selections: [] });
    const bob = await until(() => {
      const people = newest(both.ann, "presence/changed")?.participants ?? [];
      return people.find(({ name, uri }) => name === "Bob" && uri === hers.uri);
    }, "Ann sees Bob in the file");
    his.types([0, 0], "his ");
    await hers.becomes("his one\ntwo\n");
    assert.equal(newest(both.ann, "document/apply").author, bob.id);
    assert.equal(newest(other, "document/apply").author, bob.id, "on his own machine, too");
    both.hers.write("a.txt", "one\ntwo\nby a program\n");
    await hers.becomes("his one\ntwo\nby a program\n");
    assert.equal(newest(both.ann, "document/apply").author, undefined);
  },

  async "where somebody is and whom they follow outlives their daemon"(place) {
    const both = await together(place, { "a.txt": "one\ntwo\n" });
    const [hers, his] = await pair(both, "a.txt");
    const workspaceId = both.shared.workspace.id;
    const isIn = (line) => ({ selections }) => selections[0]?.head.line === line;
    const moves = (editor, uri, line) => {
      const at = { line, character: 1 };
      editor.says("presence/update", { uri, selections: [{ anchor: at, head: at }] });
    };
    moves(both.bob, his.uri, 1);
    await until(() => newest(both.ann, "cursor/changed", isIn(1)), "Ann sees Bob");
    const { participants } = newest(both.bob, "presence/changed");
    const ann = participants.find(({ name }) => name === "Ann");
    await both.bob.call("follow/start", { workspaceId, participantId: ann.id });

    const heard = both.ann.heard.length;
    await restarted(both.bobs);
    await his.becomes("one\ntwo\n");
    const { uri } = await until(async () => {
      await his.read();
      const news = both.ann.heard.slice(heard);
      return news.find(({ method, params }) => method === "cursor/changed" && isIn(1)(params))?.params;
    }, "Ann sees Bob where he was");
    assert.equal(uri, hers.uri);
    moves(both.ann, hers.uri, 0);
    const shown = await until(() => newest(both.bob, "follow/show"), "Bob still follows");
    assert.equal(shown.uri, his.uri);
    his.types([0, 0], "x");
    await until(() => newest(both.bob, "follow/stopped"), "until he types");
  },
};
