/**
 * Offers damaged and hostile updates to the harness in strict mode. Whatever it accepts, Yjs
 * has to accept with the same outcome; whatever it refuses leaves no trace; what honest people
 * send gets in.
 */
import { update as build, text } from "./lib/encode.mjs";
import { kDefaultYdoc, mustExist, readOptions } from "./lib/options.mjs";
import { caseSeed, Random } from "./lib/random.mjs";
import { Ydoc } from "./lib/ydoc.mjs";
import { honestUpdate } from "./strict/honest.mjs";
import { isAllowed, puzzles, rules, Target } from "./strict/hostile.mjs";
import { mutate } from "./strict/mutate.mjs";
import { hasCollected, Person } from "./strict/people.mjs";
import { Disagreement, StrictServer } from "./strict/server.mjs";

const kUsage = `usage: node strict_differential.mjs [--cases N] [--seed S] [--case-seed X]
                                    [--ydoc PATH]
  --cases N      documents to attack, some dozens of updates each (300)
  --seed S       seed of the run (random, and printed)
  --case-seed X  attack one document only
  --ydoc PATH    the harness (build/release/bin/ydoc)`;

const kInFlight = 16;
const kCasesPerProcess = 500;
const kMaxFailures = 10;
/** security.md: delete ranges in one update. */
const kMaxDeleteRanges = 10_000;

const options = readOptions(kUsage, {
  cases: { number: true, default: 300 },
  seed: { number: true, default: Math.floor(Math.random() * 2 ** 32) },
  "case-seed": { number: true },
  ydoc: { default: kDefaultYdoc },
});

mustExist(options.ydoc);
const harness = new Ydoc(options.ydoc);
const totals = { passed: 0, failed: 0 };
/** What was offered and how much of it got in, by sort. */
const offers = {
  honest: [0, 0],
  offline: [0, 0],
  again: [0, 0],
  damaged: [0, 0],
  hostile: [0, 0],
  odd: [0, 0],
};
let serial = 0;

const single = options["case-seed"];
if (single === undefined) {
  console.log(`seed ${options.seed}: ${options.cases} documents`);
  await judge("many delete ranges", manyRanges);
  await judge("many siblings", manySiblings);
}
const seeds =
  single === undefined
    ? Array.from({ length: options.cases }, (_, i) => caseSeed(options.seed, i))
    : [single];
const inFlight = [];
for (const [index, seed] of seeds.entries()) {
  if (totals.failed >= kMaxFailures) break;
  if (index > 0 && index % kCasesPerProcess === 0) {
    await Promise.all(inFlight.splice(0));
    await startAfresh();
  }
  inFlight.push(judge(`case seed ${seed}`, (name) => play(name, new Random(seed)), seed));
  if (inFlight.length >= kInFlight) await inFlight.shift();
}
await Promise.all(inFlight);
await startAfresh();
for (const [sort, [offered, accepted]] of Object.entries(offers)) {
  console.log(
    `${sort.padEnd(8)} ${String(offered).padStart(7)} offered ${String(accepted).padStart(7)} accepted`,
  );
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function judge(title, play, seed) {
  try {
    await play(`s${serial++}`);
    totals.passed++;
  } catch (error) {
    totals.failed++;
    console.log(
      `FAILED ${title}: ${error instanceof Disagreement ? error.message : error.stack}`,
    );
    if (seed !== undefined)
      console.log(`  again: node tests/interop/strict_differential.mjs --case-seed ${seed}`);
    const commands = (error.commands ?? []).map((command) => JSON.stringify(command));
    if (commands.join("").length < 8000)
      console.log(commands.map((line) => `  ${line}`).join("\n"));
  }
}

/** Most documents are files, as with Plait; some may hold whatever Yjs knows, some are open. */
function play(name, random) {
  const leased = [7, 300, 70_000, 3_000_000_000].map((client) => client + random.below(200));
  const kinds = random.weighted([
    [5, "file"],
    [2, "any"],
    [2, "open"],
  ]);
  const server = new StrictServer(harness, name, leased, kinds);
  return random.chance(0.3)
    ? meet(server, random, leased, kinds)
    : attack(server, random, leased, kinds);
}

/** Honest people only, who are offline at times. */
async function meet(server, random, leased, kinds) {
  await server.start();
  const people = leased.map((client) => new Person(random, client, kinds !== "file"));
  for (let step = random.between(20, 80); step > 0; step--) {
    const person = random.pick(people);
    for (let i = random.weighted([[6, 1], [2, 5], [1, 30]]); i > 0; i--) person.act();
    if (random.chance(0.5)) person.receive(server.state());
    if (random.chance(0.5)) continue;
    for (const update of person.send(server.stateVector())) {
      offers.offline[0]++;
      const expected = kinds === "any" ? "either" : "accepted";
      if (await server.offer(update, expected, "an honest update")) offers.offline[1]++;
      else if (isYjsToBlame(update, server.refusal)) return;
      else throw new Disagreement(`an honest update was refused: ${server.refusal}`);
    }
    person.receive(server.state());
  }
}

/**
 * With nested types, honest people may be refused: their Yjs has lost the contents of a type that
 * was deleted before it was sent, or undo has restored a type with its contents out of order.
 */
function isYjsToBlame(update, refusal) {
  return hasCollected(update) || refusal.startsWith("rule origins");
}

/** One document, honest people, and an attacker who knows all that they know. */
async function attack(server, random, leased, kinds) {
  await server.start();
  /** Honest updates that got in. */
  const sent = [Uint8Array.of(0, 0)];
  const honest = () => honestUpdate(random, server.state(), random.pick(leased));

  for (let step = random.between(20, 50); step > 0; step--) {
    const sort = random.weighted([
      [6, "honest"],
      [1, "again"],
      [8, "damaged"],
      [6, "hostile"],
      [3, "odd"],
    ]);
    const offer = async (update, expected, what) => {
      offers[sort][0]++;
      if (await server.offer(update, expected, what)) offers[sort][1]++;
    };
    if (sort === "honest") {
      const update = honest();
      await offer(update, "accepted", "an honest update");
      sent.push(update);
    } else if (sort === "again") {
      const update = random.chance(0.5) ? random.pick(sent) : server.state();
      await offer(update, "either", "an update that was accepted before");
    } else if (sort === "damaged") {
      await offer(mutate(random, honest(), random.pick(sent)), "either", "a damaged update");
    } else {
      const { name: what, make } = random.pick(sort === "hostile" ? rules : puzzles);
      const update = make(new Target(random, server.ydoc, leased));
      const refused = sort === "hostile" && !isAllowed(what, kinds);
      if (update !== null) await offer(update, refused ? "refused" : "either", what);
    }
  }
}

/** Ten thousand ranges are a large edit, one more is an attack. */
async function manyRanges(name) {
  const server = new StrictServer(harness, name, [7]);
  await server.start();
  const ranges = (count) =>
    build([], [[7, Array.from({ length: count }, (_, index) => [2 * index, 1])]]);
  const base = build([{ client: 7, structs: [text("ab".repeat(kMaxDeleteRanges + 10))] }]);
  await server.offer(base, "accepted", "a long text");
  await server.offer(ranges(kMaxDeleteRanges + 1), "refused", "too many delete ranges");
  await server.offer(
    ranges(kMaxDeleteRanges),
    "accepted",
    "the most delete ranges that are allowed",
  );
}

/**
 * Many clients with a text each at the same place, each of which is compared with all before.
 */
async function manySiblings(name) {
  const leased = Array.from({ length: 400 }, (_, index) => 1000 + index);
  const server = new StrictServer(harness, name, leased);
  await server.start();
  const blocks = leased.map((client) => ({ client, structs: [text("x")] })).reverse();
  await server.offer(build(blocks), "either", "many texts at one place");
}

async function startAfresh() {
  const complaint = await harness.close();
  if (complaint === null) return;
  totals.failed++;
  console.log(`FAILED the end of the process: ${complaint}`);
}
