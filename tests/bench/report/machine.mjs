import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";

import { kRepository } from "./traces.mjs";

function distribution() {
  if (!existsSync("/etc/os-release")) return process.platform;
  const line = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"));
  return line?.[1] ?? process.platform;
}

/** The compiler that built the release preset, as it names itself. */
function compiler() {
  const cache = join(kRepository, "build/release/CMakeCache.txt");
  if (!existsSync(cache)) return null;
  const path = /^CMAKE_CXX_COMPILER:\w+=(.+)$/m.exec(readFileSync(cache, "utf8"))?.[1];
  if (path === undefined) return null;
  return execFileSync(path, ["--version"], { encoding: "utf8" }).split("\n")[0];
}

function commit() {
  try {
    const git = (...args) =>
      execFileSync("git", args, {
        cwd: kRepository,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    const dirty = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${dirty ? " and uncommitted changes" : ""}`;
  } catch {
    return null; // not a repository, or without a commit
  }
}

// Taken before anything runs here.
const kLoad = loadavg()[0];

/** Others keep the machine busy enough to show in the figures. */
export function isBusy() {
  return kLoad > cpus().length / 2;
}

/** What was measured on, as [name, value] pairs. */
export function machine() {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    ["Processor", `${model}, ${cpus().length} cores, ${memory} of memory`],
    ["System", `${distribution()}, kernel ${release()}`],
    ["Load", `${kLoad.toFixed(1)} as the run began`],
    ["Compiler", compiler()],
    ["Node", process.version],
    ["Commit", commit()],
  ].filter(([, value]) => value !== null);
}
