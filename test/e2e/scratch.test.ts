import { it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { createTables } from '../../exporter/src/data/tables.js';
import { resolveProfile } from '../../exporter/src/domain/energy/resolve-profile.js';
import { epochSeconds } from '../../exporter/src/domain/units.js';
import { createWorld } from '../../exporter/src/demo/world.js';
import { runEngine } from './engine-in-process.js';
import { readLedger } from './ledger-content.js';
import { energyBounds } from './extrapolation.js';
it('x', async () => {
  const FROM = 1795329600, TO = 1795502100;
  rmSync('/tmp/e2edev/db/demo.db', { force: true });
  let t = performance.now();
  await runEngine({ flags: { demo: 'on', 'demo-seed': '1', 'demo-days': '2', 'db-path': '/tmp/e2edev/db/demo.db', 'cluster-name': 'e2e' }, from: FROM + 2 * 86400, until: FROM + 2 * 86400 });
  console.log('demo', performance.now() - t); t = performance.now();
  const range = { from: epochSeconds(FROM + 300), to: epochSeconds(TO) };
  const a = readLedger('/tmp/e2edev/db/a.db', range), d = readLedger('/tmp/e2edev/db/demo.db', range);
  console.log('read', performance.now() - t, a.marks.length, d.marks.length, a.nodes.length, d.nodes.length, a.rows.length, d.rows.length); t = performance.now();
  const world = createWorld({ seed: 1, start: epochSeconds(FROM) });
  const tables = createTables();
  const nk = (n: any) => n.start + '/' + n.node;
  const an = new Map(a.nodes.map((n) => [nk(n), n])), dn = new Map(d.nodes.map((n) => [nk(n), n]));
  const sum = (rows: readonly any[]) => { const m = new Map<string, number>(); for (const r of rows) { const k = `${r.start}/${r.node}/${r.namespace}/${r.pod}`; m.set(k, (m.get(k) ?? 0) + r.energy / 1000); } return m; };
  const ar = sum(a.rows), dr = sum(d.rows);
  let over: any[] = [], ratios: number[] = [], nratios: number[] = [], sumE = 0, sumB = 0, sumA = 0, pE = 0, pB = 0, missing = 0, extra = 0;
  const seen = new Set<string>();
  const perNodeErr = new Map<string, [number, number]>();
  for (let s = range.from as number; s < range.to; s += 300) {
    const r = { from: epochSeconds(s), to: epochSeconds(s + 300) };
    const pods = world.podsDuring(r);
    for (const node of world.nodesDuring(r)) {
      const mine = pods.filter((p) => p.node.uid === node.uid);
      const dnode = dn.get(s + '/' + node.name)!;
      const prof = resolveProfile(node, dnode.provider, tables, { coefficients: 'family' });
      const b = energyBounds(world, node, mine, r, { idle: prof.idle.central, full: prof.full.central }, 60);
      const anode = an.get(s + '/' + node.name);
      const ea = (anode?.energy ?? 0) / 1000, ed = dnode.energy / 1000;
      nratios.push(Math.abs(ea - ed) / b.node);
      if (Math.abs(ea - ed) > b.node) over.push(['node', s, node.name, ea, ed, b.node, dnode.cpuSeconds, anode?.cpuSeconds]);
      sumE += ed; sumA += ea; sumB += b.node;
      const pe = perNodeErr.get(node.name) ?? [0, 0]; perNodeErr.set(node.name, [pe[0] + ea, pe[1] + ed]);
      for (const [name, bound] of b.pods) {
        const k = `${s}/${node.name}/${name}`;
        seen.add(k);
        const x = ar.get(k), y = dr.get(k);
        if (x === undefined) missing++;
        ratios.push(Math.abs((x ?? 0) - (y ?? 0)) / bound);
        pE += y ?? 0; pB += bound;
        if (Math.abs((x ?? 0) - (y ?? 0)) > bound) over.push(['pod', k, x, y, bound, mine.filter(p => p.namespace + '/' + p.name === name).map(p => [p.bornAt - s, p.diesAt - s])]);
      }
    }
  }
  for (const k of ar.keys()) if (!seen.has(k) && !k.includes('__')) extra++, over.length < 300 && over.push(['extra', k, ar.get(k)]);
  const q = (v: number[]) => { v.sort((a, b) => a - b); return [0.5, 0.9, 0.99, 0.999, 1].map((p) => v[Math.min(v.length - 1, Math.floor(p * v.length))]); };
  console.log('compare', performance.now() - t);
  console.log(JSON.stringify({ over: over.length, missing, extra, q: q(ratios), nq: q(nratios), sumE, sumA, rel: sumA / sumE - 1, relB: sumB / sumE, podRelB: pB / pE, worstNode: [...perNodeErr].map(([n, [x, y]]) => x / y - 1).sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, 3) }, null, 1));
  console.log(over.slice(0, 40).map((x) => JSON.stringify(x)).join('\n'));
}, 300000);
