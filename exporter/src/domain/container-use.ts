/** Use by container: what the requests of a pod with several are judged by, one by one. */
import { Histogram, microcores } from './histogram.js';
import type { ContainerUse, PodSample } from './model.js';
import type { Bytes, Cores } from './units.js';

/** What containers of one name in the pods of one workload did. */
export class ContainerUses {
  readonly #byKey = new Map<string, Use>();

  /** A pod of one container adds nothing: its use is that of the pod. Of pods of one time, in any order. */
  addPod(pod: PodSample): void {
    const milliseconds = Math.round(pod.seconds * 1000);
    for (const { container, cpuSeconds, memoryBytes, cpuRequest, memoryRequest } of pod.containers ?? []) {
      const use = this.#use(pod, container);
      use.cpuRequest = larger(use.cpuRequest, cpuRequest);
      use.memoryRequest = larger(use.memoryRequest, memoryRequest);
      if (milliseconds === 0) continue;
      use.cpu.add(microcores(Math.round(cpuSeconds * 1e6), milliseconds), milliseconds);
      use.memory.add(Math.round(memoryBytes), milliseconds);
    }
  }

  /**
   * What a later time adds: its requests are those that hold.
   * @throws RangeError when its histograms are damaged
   */
  addLater({ cpuRequest, memoryRequest, cpu, memory, ...of }: ContainerUse): void {
    const use = this.#use(of, of.container);
    use.cpuRequest = cpuRequest;
    use.memoryRequest = memoryRequest;
    use.cpu.mergeEncoded(cpu);
    use.memory.mergeEncoded(memory);
  }

  /** By namespace, workload, type and container, in the order of their code units. */
  all(): ContainerUse[] {
    return [...this.#byKey]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, use]) => ({ ...use, cpu: use.cpu.encode(), memory: use.memory.encode() }));
  }

  #use({ namespace, workload }: Pick<ContainerUse, 'namespace' | 'workload'>, container: string): Use {
    const key = [namespace, workload.name, workload.type, container].join('\0');
    let use = this.#byKey.get(key);
    if (!use) {
      const requests = { cpuRequest: null, memoryRequest: null };
      use = { namespace, workload, container, ...requests, cpu: new Histogram(), memory: new Histogram() };
      this.#byKey.set(key, use);
    }
    return use;
  }
}

interface Use extends Pick<ContainerUse, 'namespace' | 'workload' | 'container'> {
  cpuRequest: Cores | null;
  memoryRequest: Bytes | null;
  readonly cpu: Histogram;
  readonly memory: Histogram;
}

const larger = <T extends number>(a: T | null, b: T | null): T | null =>
  a === null || (b !== null && b > a) ? b : a;
