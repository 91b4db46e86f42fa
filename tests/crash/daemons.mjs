/**
 * Two people type into one file, each with a daemon, on a `plait serve`. Daemons, the server and
 * whole machines are killed at random moments and come back. After each round both have the same
 * text again, and in it is everything that was typed, once: all of it, or, after a power cut,
 * what the other one had seen or was saved. See docs/testing.md, "Killing".
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { Place, until } from "../interop/daemon/place.mjs";
import { Folder, uriOf } from "../interop/daemon/together.mjs";
import { readOptions } from "../interop/lib/options.mjs";
import { caseSeed, Random } from "../interop/lib/random.mjs";
import { Plait } from "../interop/server/plait.mjs";
import { kCharactersOfTypist, sleep, Typist } from "./typist.mjs";

const kUsage = `usage: node daemons.mjs [--plait PATH] [--rounds N] [--seed S]
  --plait PATH  the program (build/release/bin/plait)
  --rounds N    how often something is killed (30)
  --seed S      what, when, and what is typed meanwhile (1)
  --saves N     of 1,000 keys that are hit, so many save the file first (0)`;

const options = readOptions(kUsage, {
  plait: {
    default: fileURLToPath(new URL("../../build/release/bin/plait", import.meta.url)),
  },
  rounds: { number: true, default: 30 },
  seed: { number: true, default: 1 },
  saves: { number: true, default: 0 },
});

const kFile = "both.txt";
const kFirstText = "here:\nThis is between\nwhat they write.\nand here:\n";
/** Each has a line of it; with the same one they type at the very same place. */
const kLines = { Ann: 0, Bob: 3 };
/** Beside what they write: a daemon that comes back has to look at all of them. */
const kOtherFiles = 1000;
const kReturns = 5;

class World {
  #chance;
  #server;
  #typists;
  #place;

  static async make(chance) {
    const world = new World();
    world.#chance = chance;
    world.#server = new Plait(options.plait, { open: false });
    world.#place = new Place(options.plait);
    await world.#server.start();
    const owner = await until(() => world.#server.firstOwner, "the server has a link");
    const typist = (place, name, first) =>
      new Typist({
        name,
        place,
        folder: new Folder(join(place.folder, "shared")),
        file: kFile,
        line: kLines[name],
        savesOf1000: options.saves,
        first,
        chance,
      });
    const ann = typist(world.#place, "Ann", 0x20000);
    const bob = typist(world.#place.neighbour(), "Bob", 0x20000 + kCharactersOfTypist);
    world.#typists = [ann, bob];
    ann.folder.write(kFile, kFirstText);
    for (const { log } of world.#typists) ann.folder.write(log, "");
    for (let i = 0; i < kOtherFiles; i++) ann.folder.write(`others/${i}.txt`, `${i}\n`);
    const host = ann.place.editor();
    await host.initialize(ann.name);
    const shared = { folder: uriOf(ann.folder.path), server: owner };
    const { invite } = await host.call("workspace/share", shared);
    const guest = bob.place.editor();
    await guest.initialize(bob.name);
    await guest.call("workspace/join", { invite, folder: uriOf(bob.folder.path) });
    for (const { log } of world.#typists) await bob.folder.gets(log, "");
    const last = `others/${kOtherFiles - 1}.txt`;
    await bob.folder.gets(last, ann.folder.read(last));
    await bob.folder.gets(kFile, kFirstText);
    await Promise.all(world.#typists.map((one) => one.comes()));
    for (const editor of [host, guest]) editor.closesItsEnd();
    return world;
  }

  async round() {
    let isOver = false;
    const typing = this.#typists.map((one) => one.typesUntil(() => isOver));
    await sleep(this.#chance.between(30, 300));
    for (const one of this.#typists) if (this.#chance.chance(0.5)) one.logs();
    const [victim, other] = this.#chance.shuffled(this.#typists);
    const what = this.#chance.pick(["server", "daemon", "daemon", "both", "machine"]);
    const name = what === "server" ? what : `${victim.name}'s ${what}`;
    if (what === "server" || what === "both") await this.#server.kill();
    if (what === "daemon" || what === "both") await victim.killsTheDaemon();
    let lost = null;
    if (what === "machine") {
      isOver = true;
      await Promise.all(typing);
      lost = await victim.losesPower(await other.read());
    } else {
      await sleep(this.#chance.between(0, 200)); // they type all the same
      isOver = true;
      await Promise.all(typing);
    }
    try {
      if (what === "server" || what === "both") {
        await this.#server.start();
        await Promise.all(this.#typists.map((one) => one.looksAtTheFolder()));
      }
      await this.#heals(victim, lost);
    } catch (error) {
      throw new Error(`after ${name} was killed: ${error.message}`);
    }
  }

  async #heals(victim, lost) {
    let problem = "";
    const isWell = async () => (problem = await this.#problem(victim, lost)) === null;
    await until(isWell, "").catch(async () => {
      const states = await Promise.all(this.#typists.map((one) => one.status()));
      throw new Error([problem, ...states].join("; "));
    });
    if (lost) victim.typed = victim.ownIn(victim.text);
  }

  /** What is not as it has to be in the end; null: nothing. */
  async #problem(victim, lost) {
    const [text, other] = await Promise.all(this.#typists.map((one) => one.read()));
    if (text !== other) {
      const parts = (it) => this.#typists.map((one) => one.numbersOf(one.ownIn(it))).join(", ");
      return `texts differ: ${parts(text)}; ${parts(other)}`;
    }
    for (const one of this.#typists) {
      const own = one.ownIn(text);
      const mayBeGone = lost && one === victim ? (c) => !lost.certain.has(c) : () => false;
      const wanted = one.typed.filter((c) => !mayBeGone(c) || own.includes(c));
      if (own.join("") !== wanted.join("")) {
        const [before, after] = [wanted, own].map((all) => one.numbersOf(all));
        return `${one.name} typed ${before}, and it became ${after}`;
      }
      const logs = this.#typists.map(({ folder }) => folder.read(one.log)?.toString());
      if (logs.some((log) => log !== one.logged)) {
        return `${one.log} is ${JSON.stringify(logs)}, and ${JSON.stringify(one.logged)} was written`;
      }
    }
    const rest = this.#typists.reduce(
      (left, one) => left.filter((c) => !one.wrote(c)),
      Array.from(text),
    );
    return rest.join("") === kFirstText ? null : `what nobody typed: ${JSON.stringify(text)}`;
  }

  /** Milliseconds from a new window on a machine without a daemon to a file that can be edited. */
  async return() {
    const [ann] = this.#typists;
    const begun = performance.now();
    await ann.losesPower(ann.text);
    return performance.now() - begun;
  }

  get typed() {
    return this.#typists.reduce((sum, { typed }) => sum + typed.length, 0);
  }
  log() {
    return this.#typists.map(({ place }) => place.log()).join("\n");
  }
  async clean() {
    await this.#place.clean();
    await this.#server.clean();
  }
}

const totals = { passed: 0, failed: 0 };
let world = null;
for (let round = 1; round <= options.rounds; round++) {
  try {
    world ??= await World.make(new Random(caseSeed(options.seed, round)));
    await world.round();
    totals.passed++;
  } catch (error) {
    totals.failed++;
    console.log(`round ${round} of seed ${options.seed}: ${error.stack}\n${world?.log() ?? ""}`);
    await world?.clean();
    world = null; // the next round begins anew
  }
}
if (world) {
  const returns = [];
  for (let i = 0; i < kReturns; i++) returns.push(await world.return());
  returns.sort((a, b) => a - b);
  console.log(
    `2 people, ${world.typed} characters; with ${kOtherFiles} files a killed daemon is of use ` +
      `again after ${Math.round(returns[kReturns >> 1])} ms`,
  );
  await world.clean();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1); // editors of a round that failed may still run
