/**
 * Plays random and hand-written histories with real Yjs and with the harness, and compares all
 * they have in common. See README.md.
 */
import { readdirSync, readFileSync } from "node:fs";
import { scriptOf, NothingToCompare } from "./lib/history.mjs";
import { kDefaultYdoc, mustExist, readOptions } from "./lib/options.mjs";
import { kindNames, makePlan } from "./lib/plan.mjs";
import { caseSeed } from "./lib/random.mjs";
import { Unavailable } from "./lib/script.mjs";
import { shrink } from "./lib/shrink.mjs";
import { Stage } from "./lib/story.mjs";
import { Failure, Ydoc } from "./lib/ydoc.mjs";

const kUsage = `usage: node run.mjs [--cases N] [--seed S] [--case-seed X] [--only KIND]
                    [--ydoc PATH] [--without LIST]
  --cases N      random histories to play (1000)
  --seed S       seed of the run (random, and printed)
  --case-seed X  play one random history only
  --ydoc PATH    the harness (build/release/bin/ydoc)
  --only KIND    stories, plans, or random histories of one kind:
                 ${kindNames.join(", ")}
  --without LIST commands, separated by commas, that the harness does not know yet; undo, relpos
                 and snapshot include their companions`;

/**
 * Histories in flight: enough to keep both processes busy, few enough to notice a failure soon.
 */
const kInFlight = 8;
/** The harness keeps every document, so it starts afresh after so many histories. */
const kHistoriesPerProcess = 1000;
const kMaxFailures = 10;
const kMaxShrunk = 2;

const options = readOptions(kUsage, {
  cases: { number: true, default: 1000 },
  seed: { number: true, default: Math.floor(Math.random() * 2 ** 32) },
  "case-seed": { number: true },
  ydoc: { default: kDefaultYdoc },
  only: {},
  without: { default: "" },
});
const { only } = options;
const without = options.without.split(",").filter((name) => name !== "");
if (only !== undefined && !["stories", "plans", ...kindNames].includes(only)) {
  console.error(`no such kind: ${only}\n\n${kUsage}`);
  process.exit(2);
}

mustExist(options.ydoc);
const ydoc = new Ydoc(options.ydoc);
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Failing random histories, to be shrunk at the end. */
const toShrink = [];
let serial = 0;
const nextPrefix = () => `h${serial++}.`;

if (options["case-seed"] !== undefined) {
  await playRandom([options["case-seed"]]);
} else {
  if (only === undefined || only === "stories") await playStories();
  if (only === undefined || only === "plans") await playPlans();
  if (only === undefined || kindNames.includes(only)) {
    console.log(`seed ${options.seed}: ${options.cases} random histories`);
    await playRandom(
      Array.from({ length: options.cases }, (_, index) => caseSeed(options.seed, index)),
    );
  }
}
for (const { seed, plan } of toShrink.slice(0, kMaxShrunk)) await explain(seed, plan);
await startAfresh();
if (totals.skipped > 0) console.log(`${totals.skipped} skipped`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;

async function playStories() {
  const folder = new URL("cases/", import.meta.url);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".mjs"))
    .sort()) {
    const { stories } = await import(new URL(file, folder));
    for (const [name, tell] of Object.entries(stories)) {
      const title = `${file}: ${name}`;
      try {
        const stage = new Stage(nextPrefix(), without);
        tell(stage);
        record(title, await ydoc.run(stage.finish()));
      } catch (error) {
        if (error instanceof Unavailable) totals.skipped++;
        else record(title, error.stack);
      }
    }
  }
}

/** Histories that failed once. */
async function playPlans() {
  const folder = new URL("plans/", import.meta.url);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()) {
    const plan = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    record(
      `plans/${file}`,
      await ydoc.run(scriptOf(plan, nextPrefix(), { thorough: true, without })),
    );
  }
}

async function playRandom(seeds) {
  const inFlight = [];
  let lastReport = Date.now();
  for (const [index, seed] of seeds.entries()) {
    if (totals.failed >= kMaxFailures) {
      console.log(`giving up after ${totals.failed} failures`);
      break;
    }
    if (index > 0 && index % kHistoriesPerProcess === 0) {
      await Promise.all(inFlight.splice(0));
      await startAfresh();
    }
    inFlight.push(playOne(seed));
    if (inFlight.length >= kInFlight) await inFlight.shift();
    if (Date.now() - lastReport > 20_000) {
      lastReport = Date.now();
      console.log(`  ${index + 1} of ${seeds.length}`);
    }
  }
  await Promise.all(inFlight);
}

async function playOne(seed) {
  const kind = kindNames.includes(only) ? only : undefined;
  const plan = makePlan(seed, kind);
  let script;
  try {
    script = scriptOf(plan, nextPrefix(), { without });
  } catch (error) {
    if (!(error instanceof NothingToCompare)) throw error;
    if (totals.skipped++ === 0)
      console.log(`Yjs failed on case seed ${seed} (${plan.kind}): ${error.cause.stack}`);
    return;
  }
  const failure = await ydoc.run(script);
  record(`random history (${plan.kind}), case seed ${seed}`, failure);
  if (failure === null) return;
  console.log(`  again: node tests/interop/run.mjs --case-seed ${seed} --only ${plan.kind}`);
  toShrink.push({ seed, plan });
}

/** Prints the smallest plan found that still fails. */
async function explain(seed, plan) {
  console.log(`\nmaking case seed ${seed} smaller …`);
  const failureOf = async (candidate) => {
    try {
      return await ydoc.run(scriptOf(candidate, nextPrefix(), { thorough: true, without }));
    } catch (error) {
      if (error instanceof NothingToCompare) return null;
      throw error;
    }
  };
  const smallest = await shrink(
    plan,
    async (candidate) => (await failureOf(candidate)) !== null,
  );
  const failure = await failureOf(smallest);
  if (!(failure instanceof Failure)) {
    console.log("it does not fail every time");
    return;
  }
  console.log(`${smallest.ops.length} operations are left, of ${plan.ops.length}:`);
  console.log(`{"kind": "${smallest.kind}", "roots": ${JSON.stringify(smallest.roots)},`);
  console.log(` "replicas": ${JSON.stringify(smallest.replicas)},`);
  console.log(
    ` "ops": [\n${smallest.ops.map((op) => `  ${JSON.stringify(op)}`).join(",\n")}]}`,
  );
  const changes = scriptOf(smallest, "", { without }).lines();
  const shown = changes.slice(0, 60).filter((line) => line.length < 4000);
  console.log(
    `as commands for the harness${shown.length < changes.length ? " (cut)" : ""}:\n${shown.join("\n")}`,
  );
  console.log(`where every answer is checked, it fails at ${failure}`);
}

/** The next history meets a new process; the old one has to end in good order. */
async function startAfresh() {
  const complaint = await ydoc.close();
  if (complaint !== null) record("the end of the process", complaint);
}

function record(title, failure) {
  if (failure === null) {
    totals.passed++;
    return;
  }
  totals.failed++;
  console.log(`FAILED ${title}\n  ${String(failure)}`);
}
