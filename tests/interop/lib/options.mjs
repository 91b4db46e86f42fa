import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const kDefaultYdoc = fileURLToPath(
  new URL("../../../build/release/bin/ydoc", import.meta.url),
);

/**
 * The command line. Numbers are checked; a wrong option ends the program with the usage.
 *
 * @param {string} usage
 * @param {Record<string, { number?: boolean, flag?: boolean, default?: unknown }>} known
 */
export function readOptions(usage, known) {
  const fail = (message) => {
    console.error(`${message}\n\n${usage}`);
    process.exit(2);
  };
  let values;
  try {
    const options = Object.fromEntries(
      Object.entries(known).map(([name, { flag }]) => [name, { type: flag ? "boolean" : "string" }]),
    );
    options.help = { type: "boolean", short: "h" };
    ({ values } = parseArgs({ options }));
  } catch (error) {
    fail(error.message);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const result = {};
  for (const [name, { number, default: fallback }] of Object.entries(known)) {
    const value = values[name];
    if (value !== undefined && number && !/^\d{1,10}$/.test(value))
      fail(`--${name} wants a number`);
    result[name] = value === undefined ? fallback : number ? Number(value) : value;
  }
  return result;
}

export function mustExist(path) {
  if (existsSync(path)) return;
  console.error(`there is no harness at ${path}; build it, or name another with --ydoc`);
  process.exit(2);
}
