/** How much of the machine is taken by programs that the bench did not start; a figure measured beside them says little. */
import { readFileSync } from 'node:fs';

/** Of /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds of all threads of a process since its start. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export interface LoadSample {
  /** Seconds of all cores since boot, and those in which they worked, for whomever. */
  readonly total: number;
  readonly busy: number;
  /** Of the processes under measurement and the bench. */
  readonly ours: number;
}

export function sampleLoad(pids: readonly number[]): LoadSample {
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user, nice, system, idle, wait, irq, softirq, steal] = line!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user! + nice! + system! + irq! + softirq! + steal!;
  const { user: own, system: kernel } = process.cpuUsage();
  return {
    total: (busy + idle! + wait!) / TICKS_PER_SECOND,
    busy: busy / TICKS_PER_SECOND,
    ours: pids.reduce((sum, pid) => sum + cpuOf(pid), (own + kernel) / 1e6),
  };
}

/** Part of the machine that others had between two samples, 0..1. */
export function othersBetween(a: LoadSample, b: LoadSample): number {
  const others = b.busy - a.busy - (b.ours - a.ours);
  return b.total > a.total ? Math.min(1, Math.max(0, others / (b.total - a.total))) : 0;
}
