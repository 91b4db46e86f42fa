import { perform } from "./operations.mjs";
import { Script } from "./script.mjs";
import { World } from "./world.mjs";

/** Yjs itself failed on a history, so there is nothing to compare with. */
export class NothingToCompare extends Error {}

const kAboutUndo = new Set(["undo", "redo", "stop"]);

/**
 * Plays a plan with Yjs and returns the script that makes the harness play it too.
 *
 * @param {object} plan see plan.mjs
 * @param {string} prefix makes the names of the harness's documents unique
 * @param {{ thorough?: boolean, without?: string[] }} options
 *   thorough: check everything after every operation; without: see script.mjs
 */
export function scriptOf(plan, prefix, { thorough = false, without } = {}) {
  const script = new Script(without);
  try {
    const undoes = plan.ops.some(({ op }) => kAboutUndo.has(op));
    const world = new World(script, prefix, plan.roots, undoes);
    for (const replica of plan.replicas) world.add(replica);
    for (const operation of plan.ops) {
      perform(world, operation);
      if (thorough) world.checkAll();
    }
    world.checkAll();
  } catch (error) {
    throw new NothingToCompare(error.message, { cause: error });
  }
  return script;
}
