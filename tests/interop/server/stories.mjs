import assert from "node:assert/strict";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { until } from "./plait.mjs";
import { agree, contentOf, User } from "./user.mjs";

/** Three people in a room. */
async function three(plait, room) {
  const users = ["ann", "ben", "cem"].map((name) => new User(plait, room, name));
  await Promise.all(users.map((user) => user.isHere()));
  return users;
}

const leave = (...users) => users.forEach((user) => user.leaves());

export const stories = {
  async "three people type at once and end with one text"(plait) {
    const users = await three(plait, "converge");
    for (let i = 0; i < 200; i++) {
      for (const user of users) user.types(i % (user.text.length + 1), `${i};`);
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await agree(...users);
    assert(users[0].text.length > 1000);
    leave(...users);
  },

  async "all that Yjs has gets through"(plait) {
    const users = await three(plait, "rich content/in a path");
    const [ann, ben, cem] = users;
    ann.text.insert(0, "bold", { bold: true });
    ann.text.insertEmbed(0, { image: "x" });
    ben.ydoc.getMap("map").set("nested", new Y.Map([["a", [1, 2.5, null, "€😀"]]]));
    ben.ydoc.getMap("map").set("bytes", Uint8Array.of(1, 2, 3));
    cem.ydoc.getArray("list").push([1, { deep: { er: true } }, new Y.Text("inner")]);
    const paragraph = new Y.XmlElement("p");
    cem.ydoc.getXmlFragment("xml").push([paragraph]);
    paragraph.push([new Y.XmlText("words")]);
    await agree(...users);
    const late = new User(plait, "rich content/in a path", "late");
    await agree(ann, late);
    leave(...users, late);
  },

  async "what somebody deleted before he sent it does no harm"(plait) {
    const users = await three(plait, "garbage");
    const [ann, ben] = users;
    ann.goesOffline();
    const map = ann.ydoc.getMap("map");
    map.set("draft", new Y.Text("never to be seen"));
    map.get("draft").insert(3, "again ");
    map.delete("draft");
    ann.types(0, "after it");
    const update = Y.decodeUpdate(Y.encodeStateAsUpdate(ann.ydoc));
    assert(update.structs.some((struct) => struct instanceof Y.GC));
    await ann.comesBack();
    await ben.reads("after it");
    await agree(...users);
    assert.deepEqual(ann.closings.filter((closing) => !/^1005/.test(closing)), []);
    leave(...users);
  },

  async "a server that was killed has what it had saved"(plait) {
    const users = await three(plait, "killed");
    users[0].types(0, "saved");
    await agree(...users);
    await plait.hasSaved();
    leave(...users);
    await plait.kill();
    await plait.start();
    const late = new User(plait, "killed", "late");
    await late.isHere();
    assert.equal(late.text.toString(), "saved");
    leave(late);
  },

  async "people go on over a server that is killed, and nobody loses a word"(plait) {
    const users = await three(plait, "killed while typing");
    for (let round = 0; round < 3; round++) {
      for (const user of users) user.types(0, `${round}`);
      await plait.kill();
      for (const user of users) user.types(user.text.length, `while it is away ${round};`);
      await plait.start();
      await Promise.all(users.map((user) => user.isHere()));
      await agree(...users);
    }
    for (const round of [0, 1, 2]) {
      const pieces = users[0].text.toString().split(`while it is away ${round};`);
      assert.equal(pieces.length, 4);
    }
    const late = new User(plait, "killed while typing", "late");
    await agree(users[0], late);
    leave(...users, late);
  },

  async "a server that is stopped saves all and says goodbye"(plait) {
    const users = await three(plait, "stopped");
    users[0].types(0, "last words");
    await users[1].reads("last words");
    assert.equal(await plait.stop(), 0);
    await until(() => users.every(({ closings }) => closings.length > 0), "all were told");
    assert(users.every(({ closings }) => closings[0].startsWith("1001")));
    leave(...users);
    await plait.start();
    const late = new User(plait, "stopped", "late");
    await late.reads("last words");
    leave(late);
  },

  async "people see each other come and go"(plait) {
    const users = await three(plait, "presence");
    const [ann, ben, cem] = users;
    for (const user of users) await user.sees("ann", "ben", "cem");
    ann.awareness.setLocalStateField("cursor", { anchor: 1, head: 2 });
    await until(() => {
      const state = cem.awareness.getStates().get(ann.ydoc.clientID);
      return state?.cursor?.head === 2;
    }, "the cursor is seen");
    ben.goesOffline();
    await ann.sees("ann", "cem");
    await ben.comesBack();
    await ann.sees("ann", "ben", "cem");
    leave(...users);
  },

  async "noise ends a connection and changes nothing"(plait) {
    const users = await three(plait, "noise");
    users[0].types(0, "kept");
    await agree(...users);
    const before = contentOf(users[0]);
    for (const noise of [[0, 2, 3, 1, 1, 1], [99], [], [0, 2, 200, 1], [1, 2, 1, 123]]) {
      const socket = new WebSocket(`${plait.url}/noise`, { ca: plait.certificate });
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.on("open", () => socket.send(Uint8Array.from(noise)));
      assert.equal(await closed, 1008);
    }
    users[1].types(4, "!");
    await users[2].reads("kept!");
    assert.equal(contentOf(users[0]), before.replace("kept", "kept!"));
    leave(...users);
  },
};
