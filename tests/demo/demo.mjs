/**
 * Two people, one folder: real `plait` processes, with real files, programs and editors, while the
 * network is cut and daemons are killed. Side by side in a terminal, or as a transcript.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Place } from "../interop/daemon/place.mjs";
import { readOptions } from "../interop/lib/options.mjs";
import { Person } from "./person.mjs";
import { Screen } from "./screen.mjs";
import { Story } from "./story.mjs";
import { Transcript } from "./transcript.mjs";

const kUsage = `usage: node demo.mjs [--plait PATH] [--speed N] [--plain]
  --plait PATH  the program (build/release/bin/plait)
  --speed N     so many times as fast; 1 takes about a minute and a half
  --plain       a transcript, at once; as without a terminal`;

const options = readOptions(kUsage, {
  plait: {
    default: fileURLToPath(new URL("../../build/release/bin/plait", import.meta.url)),
  },
  speed: { number: true, default: 1 },
  plain: { flag: true },
});
if (!existsSync(options.plait)) {
  console.error(`there is no program at ${options.plait}; build it, or name it with --plait`);
  process.exit(2);
}

/** Ends all that runs with a PLAIT_HOME; whether there was anything. */
function endAll(home) {
  const wanted = `PLAIT_HOME=${home}`;
  return readdirSync("/proc").filter((name) => {
    try {
      const isOurs = readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(wanted);
      return isOurs && process.kill(Number(name), "SIGKILL");
    } catch {
      return false; // no process, somebody else's, or gone meanwhile
    }
  }).length > 0;
}

const machines = [new Place(options.plait), new Place(options.plait)];
const stage = !options.plain && Screen.isPossible() ? new Screen(options.speed) : new Transcript();
const [ann, ben] = ["Ann", "Ben"].map((name, i) => new Person(name, machines[i], stage));
const story = new Story(ann, ben, stage);

process.on("exit", () => {
  stage.end();
  for (const { home, folder } of machines) {
    while (endAll(home)); // what is killed may have started something a moment before
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

const failure = await story.play().then(
  () => null,
  (error) => error,
);
stage.end();
if (failure) {
  console.log(`FAILED: ${failure.stack}`);
  for (const machine of machines) console.log(machine.log());
} else {
  console.log("\nThe folders are equal, and `plait status` told the truth all along.");
}
console.log(`${story.checks} passed, ${failure ? 1 : 0} failed`);
process.exit(failure ? 1 : 0);
