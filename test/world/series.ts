/** Series of samples under construction, handed out batch by batch. */

/** One series of one batch, as remote write takes it. Sample: [ms since the epoch, value]; NaN is a staleness marker. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: [number, number][];
}

/** A series that goes on over many batches. */
export interface Handle {
  readonly labels: Readonly<Record<string, string>>;
  samples: [number, number][];
}

export const handle = (name: string, labels: Readonly<Record<string, string>>): Handle => ({
  labels: { __name__: name, ...labels },
  samples: [],
});

export class Recorder {
  private touched: Handle[] = [];

  add(to: Handle, ms: number, value: number): void {
    if (to.samples.length === 0) this.touched.push(to);
    to.samples.push([ms, value]);
  }

  /** What was added since the last flush. */
  flush(): Series[] {
    const out = this.touched.map(({ labels, samples }) => ({ labels, samples }));
    for (const one of this.touched) one.samples = [];
    this.touched = [];
    return out;
  }
}
