import * as Y from "yjs";
import { Random } from "./lib/random.mjs";
import { Person } from "./strict/people.mjs";
import { spawnSync } from "node:child_process";
let best=null, fails=0;
const seeds=Number(process.argv[2]), from=Number(process.argv[3]??0);
for (let base=from; base<from+seeds; base+=200) {
  const docs=[];
  const lines=[];
  for (let seed=base; seed<base+200; seed++) {
    const random=new Random(seed);
    const server=new Y.Doc(); server.getText("content");
    const people=[7,300].map(c=>new Person(random,c,true));
    const list=[];
    for (let step=random.between(6,20); step>0; step--) {
      const p=random.pick(people);
      for (let i=random.between(1,10);i>0;i--) p.act();
      if (random.chance(0.5)) p.receive(Y.encodeStateAsUpdate(server));
      if (random.chance(0.5)) continue;
      for (const u of p.send(Y.encodeStateVector(server))) { Y.applyUpdate(server,u); list.push(u); }
      p.receive(Y.encodeStateAsUpdate(server));
    }
    const name='d'+seed;
    lines.push(JSON.stringify({cmd:'new',doc:name,client:5,gc:true}));
    for (const u of list) lines.push(JSON.stringify({cmd:'apply',doc:name,update:Buffer.from(u).toString('base64')}));
    lines.push(JSON.stringify({cmd:'encode',doc:name}));
    docs.push({seed,list,at:lines.length-1,expected:Buffer.from(Y.encodeStateAsUpdate(server)).toString('base64')});
  }
  const out=spawnSync('/tmp/vb/bin/ydoc',{input:lines.join('\n')+'\n',maxBuffer:1e9}).stdout.toString().trim().split('\n');
  for (const d of docs) if (JSON.parse(out[d.at]).update!==d.expected) {
    fails++;
    const size=d.list.reduce((a,u)=>a+u.length,0);
    if (best===null||size<best.size) { best={size,...d}; }
  }
}
console.error('fails',fails);
if (best) { console.error('seed',best.seed,'bytes',best.size,'updates',best.list.length); for (const u of best.list) console.log(JSON.stringify({cmd:'apply',update:Buffer.from(u).toString('base64')})); }
