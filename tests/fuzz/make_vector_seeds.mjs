// Makes seeds of what protocol/vectors holds: corpus/{wire,jsonrpc,connect_message}/seed-*.
// Run in this folder: node make_vector_seeds.mjs

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const vectors = (file) =>
  JSON.parse(readFileSync(new URL(`../../protocol/vectors/${file}`, import.meta.url)));
const lists = (file) => Object.values(vectors(file)).filter(Array.isArray).flat();

function save(corpus, inputs) {
  mkdirSync(`corpus/${corpus}`, { recursive: true });
  for (const [i, input] of inputs.entries()) {
    writeFileSync(`corpus/${corpus}/seed-${String(i + 1).padStart(3, "0")}`, input);
  }
}

const kWire = ["messages", "frames", "awareness", "y-protocols"];
save(
  "wire",
  kWire.flatMap((name) => lists(`wire/${name}.json`)).map((c) => Buffer.from(c.bytes, "hex")),
);

const bodies = lists("jsonrpc/messages.json").map((c) => c.body);
const framed = (body) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
save("jsonrpc", [
  ...lists("jsonrpc/json.json").map((c) => Buffer.from(c.bytes, "hex")),
  ...bodies,
  "7" + bodies.filter((body) => body.length <= 64).map(framed).join(""),
  "3Content-Type: x\r\ncontent-length:2\r\n\r\n{}Content-Length: 65\r\n\r\n",
]);

save(
  "connect_message",
  lists("connect/messages.json")
    .flatMap((c) => [c.params, c.result])
    .filter((value) => value !== undefined)
    .map((value) => JSON.stringify(value)),
);
