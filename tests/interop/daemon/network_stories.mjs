import assert from "node:assert/strict";
import { join } from "node:path";
import { Random } from "../lib/random.mjs";
import { Relay } from "../lib/relay.mjs";
import { OpenBuffer } from "./buffer.mjs";
import { until } from "./place.mjs";
import { agree, count, Folder, pair, together, uriOf } from "./together.mjs";

// What is typed on both sides of a bad network, between real daemons and a real server.

const kSeed = Number(process.env.PLAIT_SEED ?? 1);
/** A silent connection is given up after 13 s, and asked before whether anybody is there. */
const kNoticedMs = 15_000;
const kMomentMs = 500;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The same invite, to be used through a relay. */
const through = (relay, invite) => invite.replace(/:\d+\//, `:${relay.port}/`);
const portOf = (invite) => Number(/:(\d+)\//.exec(invite)[1]);

/** Ann shares, and Bob joins through a relay. */
async function apart(place, files) {
  let relay;
  const both = await together(place, files, async (invite) => {
    relay = await Relay.start(portOf(invite));
    return through(relay, invite);
  });
  return { ...both, relay };
}

async function connection(editor) {
  const { workspaces } = await editor.call("workspace/list");
  return workspaces[0].connection;
}
async function is(editor, wanted) {
  await until(async () => wanted.includes(await connection(editor)), `it is ${wanted.join()}`);
}

/** Both type for a while, each on a line of one's own: letters that are counted. */
async function type(hers, his, ms, random) {
  const typed = { hers: 0, his: 0 };
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (random.chance(0.5)) {
      hers.types([0, 0], "a");
      typed.hers++;
    }
    if (random.chance(0.5)) {
      his.types([2, 0], "b");
      typed.his++;
    }
    if (random.chance(0.3)) await Promise.all([hers.read(), his.read()]);
    await sleep(random.between(1, 20));
  }
  return typed;
}

const kText = "\nin the middle\n\n";

/** All that was typed has arrived everywhere, once. */
async function heals(buffers, typed) {
  const text = await agree(...buffers);
  assert.equal(count(text, "a"), typed.hers);
  assert.equal(count(text, "b"), typed.his);
  assert.equal(text.replaceAll(/[ab]/g, ""), kText);
}

export const networkStories = {
  async "a bad network loses nothing and doubles nothing"(place) {
    const random = new Random(kSeed);
    const both = await apart(place, { "a.txt": kText });
    const { relay } = both;
    const [hers, his] = await pair(both, "a.txt");
    const weathers = [
      () => relay.stall(),
      () => relay.delay(random.between(20, 400)),
      () => relay.trickle(random.between(1, 40), random.between(1, 5)),
      () => relay.mend(),
    ];
    const breaks = [() => relay.interrupt(), () => relay.cut()];
    const sum = { hers: 0, his: 0 };
    try {
      for (let i = 0; i < 20; i++) {
        // Each cut makes the pause before the next attempt longer, up to half a minute.
        if (i % 5 === 4) random.pick(breaks)();
        else await random.pick(weathers)();
        const typed = await type(hers, his, random.between(50, 400), random);
        sum.hers += typed.hers;
        sum.his += typed.his;
        if (i % 5 === 4) await relay.mend();
      }
      await relay.mend();
      await heals([hers, his], sum);
      await is(both.bob, ["online"]);
    } catch (error) {
      throw new Error(`PLAIT_SEED=${kSeed}: ${error.message}`, { cause: error });
    } finally {
      relay.end();
    }
  },

  async "a silent network is noticed, told of, and got over"(place) {
    const random = new Random(kSeed);
    const both = await apart(place, { "a.txt": kText });
    const [hers, his] = await pair(both, "a.txt");
    // Bob's network swallows everything; the server's end of Carl's is gone without a word.
    const halves = await Relay.start(portOf(both.shared.invite));
    const machine = place.neighbour();
    const carl = machine.editor();
    await carl.initialize("Carl");
    const folder = new Folder(join(machine.folder, "his"));
    const invite = through(halves, both.shared.invite);
    await carl.call("workspace/join", { invite, folder: uriOf(folder.path) });
    await folder.gets("a.txt", kText);
    const carls = await OpenBuffer.open(carl, folder.at("a.txt"));
    try {
      await is(both.bob, ["online"]);
      await is(carl, ["online"]);
      both.relay.stall();
      halves.halfOpen();
      const heard = carl.heard.length;
      const typed = await type(hers, his, kMomentMs, random);
      assert.equal(count(await carls.read(), "a") + count(await his.read(), "a"), 0);
      const later = await type(hers, his, kNoticedMs, random);
      await is(both.bob, ["connecting", "offline"]);
      const told = carl.heard
        .slice(heard)
        .filter(({ method }) => method === "workspace/changed")
        .map(({ params }) => params.workspace.connection);
      assert(told.includes("connecting") || told.includes("offline"), told.join());
      await both.relay.mend();
      await heals([hers, his, carls], {
        hers: typed.hers + later.hers,
        his: typed.his + later.his,
      });
      await is(both.bob, ["online"]);
      await is(carl, ["online"]);
    } finally {
      both.relay.end();
      halves.end();
    }
  },

  async "nobody is deaf after a cut, however many files he has brought"(place) {
    const both = await apart(place, { "a.txt": kText });
    // More than can be open on a connection, and so many that were never closed on it.
    const names = Array.from({ length: 1000 }, (_, i) => `many/${i}.txt`);
    for (const name of names) both.his.write(name, `${name}\n`);
    for (const name of names) await both.hers.gets(name, `${name}\n`);
    both.relay.interrupt();
    await is(both.bob, ["online"]);
    for (const name of ["a.txt", names.at(0), names.at(-1)]) {
      both.hers.write(name, "hers\n");
      await both.his.gets(name, "hers\n");
    }
    both.relay.end();
  },

  async "status tells of a cut at once, and of what waits"(place) {
    const both = await apart(place, { "a.txt": kText });
    const [hers, his] = await pair(both, "a.txt");
    both.relay.cut();
    await is(both.bob, ["connecting", "offline"]);
    his.types([2, 0], "b");
    his.types([2, 0], "b");
    hers.types([0, 0], "a");
    const of = async () => (await both.bob.call("workspace/list")).workspaces[0];
    await until(async () => (await of()).pendingEdits > 0, "something waits");
    await both.relay.mend();
    await heals([hers, his], { hers: 1, his: 2 });
    await is(both.bob, ["online"]);
    await until(async () => (await of()).pendingEdits === 0, "nothing waits");
    both.relay.end();
  },
};
