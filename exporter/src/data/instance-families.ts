/**
 * CPU families that serve each instance family, from the providers' public instance pages; the page of each
 * provider is named at its table. Keys are what `familyOf` in instance-type.ts makes of an instance type.
 * Several CPU families ("A|B"): the provider places instances on any of them, in shares that it does not tell.
 */
export interface InstanceFamily {
  readonly provider: string;
  readonly family: string;
  /** Names in CPU_FAMILIES, at least one. */
  readonly cpus: readonly string[];
  /**
   * Hardware threads behind one vCPU: 2 where the provider sells whole cores of CPUs with two threads a core.
   */
  readonly threadsPerVcpu: 1 | 2;
  readonly source: string;
  readonly year: number;
}

type Cpus = Readonly<Record<string, string>>;

/**
 * aws.amazon.com/ec2/instance-types; the models that stand at i2, r3, t2, g3, p2, p3, p3dn and p4d: Boavizta's
 * archetypes (github.com/Boavizta/boaviztapi, data/archetypes/server.csv) and Cloud Carbon Footprint's
 * AWSInstanceTypes.ts.
 */
const AWS: Cpus = {
  a1: 'Cortex-A72',
  c1: 'Ivy Bridge',
  c3: 'Ivy Bridge',
  c4: 'Haswell',
  c5: 'Skylake|Cascade Lake',
  c5a: 'EPYC 2nd gen',
  c5ad: 'EPYC 2nd gen',
  c5d: 'Skylake|Cascade Lake',
  c5n: 'Skylake',
  c6a: 'EPYC 3rd gen',
  c6g: 'Neoverse N1',
  c6gd: 'Neoverse N1',
  c6gn: 'Neoverse N1',
  c6i: 'Ice Lake',
  c6id: 'Ice Lake',
  c6in: 'Ice Lake',
  c7a: 'EPYC 4th gen',
  c7g: 'Neoverse V1',
  c7gd: 'Neoverse V1',
  c7gn: 'Neoverse V1',
  c7i: 'Sapphire Rapids',
  'c7i-flex': 'Sapphire Rapids',
  c8a: 'EPYC 5th gen',
  c8g: 'Neoverse V2',
  c8gb: 'Neoverse V2',
  c8gd: 'Neoverse V2',
  c8gn: 'Neoverse V2',
  c8i: 'Granite Rapids',
  'c8i-flex': 'Granite Rapids',
  c8id: 'Granite Rapids',
  d2: 'Haswell',
  d3: 'Cascade Lake',
  d3en: 'Cascade Lake',
  dl1: 'Cascade Lake',
  dl2q: 'Cascade Lake',
  f1: 'Broadwell',
  f2: 'EPYC 3rd gen',
  g4ad: 'EPYC 2nd gen',
  g4dn: 'Cascade Lake',
  g5: 'EPYC 2nd gen',
  g5g: 'Neoverse N1',
  g6: 'EPYC 3rd gen',
  g6e: 'EPYC 3rd gen',
  g6f: 'EPYC 3rd gen',
  g7e: 'Emerald Rapids',
  gr6: 'EPYC 3rd gen',
  gr6f: 'EPYC 3rd gen',
  h1: 'Broadwell',
  hpc6a: 'EPYC 3rd gen',
  hpc6id: 'Ice Lake',
  hpc7a: 'EPYC 4th gen',
  hpc7g: 'Neoverse V1',
  hpc8a: 'EPYC 5th gen',
  i2: 'Ivy Bridge', // E5-2670 v2, as r3
  i3: 'Broadwell',
  i3en: 'Skylake',
  i4g: 'Neoverse N1',
  i4i: 'Ice Lake',
  i7i: 'Emerald Rapids',
  i7ie: 'Emerald Rapids',
  i8g: 'Neoverse V2',
  i8ge: 'Neoverse V2',
  im4gn: 'Neoverse N1',
  inf1: 'Cascade Lake',
  inf2: 'EPYC 3rd gen',
  is4gen: 'Neoverse N1',
  m2: 'Sandy Bridge',
  m3: 'Sandy Bridge',
  m4: 'Broadwell|Haswell',
  m5: 'Skylake',
  m5a: 'EPYC 1st gen',
  m5ad: 'EPYC 1st gen',
  m5d: 'Skylake',
  m5dn: 'Cascade Lake',
  m5n: 'Cascade Lake',
  m5zn: 'Cascade Lake',
  m6a: 'EPYC 3rd gen',
  m6g: 'Neoverse N1',
  m6gd: 'Neoverse N1',
  m6i: 'Ice Lake',
  m6id: 'Ice Lake',
  m6idn: 'Ice Lake',
  m6in: 'Ice Lake',
  m7a: 'EPYC 4th gen',
  m7g: 'Neoverse V1',
  m7gd: 'Neoverse V1',
  m7i: 'Sapphire Rapids',
  'm7i-flex': 'Sapphire Rapids',
  m8a: 'EPYC 5th gen',
  m8azn: 'EPYC 5th gen',
  m8g: 'Neoverse V2',
  m8gb: 'Neoverse V2',
  m8gd: 'Neoverse V2',
  m8gn: 'Neoverse V2',
  m8i: 'Granite Rapids',
  'm8i-flex': 'Granite Rapids',
  m8id: 'Granite Rapids',
  p4d: 'Cascade Lake', // Platinum 8275CL
  p4de: 'Cascade Lake',
  p5: 'EPYC 3rd gen',
  p5e: 'EPYC 3rd gen',
  p5en: 'Sapphire Rapids',
  'p6-b200': 'Emerald Rapids',
  'p6-b300': 'Emerald Rapids',
  r3: 'Ivy Bridge',
  r4: 'Broadwell',
  r5: 'Skylake',
  r5a: 'EPYC 1st gen',
  r5ad: 'EPYC 1st gen',
  r5b: 'Cascade Lake',
  r5d: 'Skylake',
  r5dn: 'Cascade Lake',
  r5n: 'Cascade Lake',
  r6a: 'EPYC 3rd gen',
  r6g: 'Neoverse N1',
  r6gd: 'Neoverse N1',
  r6i: 'Ice Lake',
  r6id: 'Ice Lake',
  r6idn: 'Ice Lake',
  r6in: 'Ice Lake',
  r7a: 'EPYC 4th gen',
  r7g: 'Neoverse V1',
  r7gd: 'Neoverse V1',
  r7i: 'Sapphire Rapids',
  r7iz: 'Sapphire Rapids',
  r8a: 'EPYC 5th gen',
  r8g: 'Neoverse V2',
  r8gb: 'Neoverse V2',
  r8gd: 'Neoverse V2',
  r8gn: 'Neoverse V2',
  r8i: 'Granite Rapids',
  'r8i-flex': 'Granite Rapids',
  r8id: 'Granite Rapids',
  t1: 'Sandy Bridge',
  t2: 'Haswell|Broadwell', // E5-2676 v3 or E5-2686 v4
  t3: 'Skylake',
  t3a: 'EPYC 1st gen',
  t4g: 'Neoverse N1',
  trn1: 'Ice Lake',
  trn1n: 'Ice Lake',
  trn2: 'Sapphire Rapids',
  trn2u: 'Sapphire Rapids',
  'u-12tb1': 'Skylake',
  'u-18tb1': 'Cascade Lake',
  'u-24tb1': 'Cascade Lake',
  'u-3tb1': 'Skylake',
  'u-6tb1': 'Skylake',
  'u-9tb1': 'Skylake',
  'u7i-12tb': 'Sapphire Rapids',
  'u7i-6tb': 'Sapphire Rapids',
  'u7i-8tb': 'Sapphire Rapids',
  'u7in-16tb': 'Sapphire Rapids',
  'u7in-24tb': 'Sapphire Rapids',
  'u7in-32tb': 'Sapphire Rapids',
  'u7inh-32tb': 'Sapphire Rapids',
  vt1: 'Cascade Lake',
  x1: 'Haswell',
  x1e: 'Haswell',
  x2gd: 'Neoverse N1',
  x2idn: 'Ice Lake',
  x2iedn: 'Ice Lake',
  x2iezn: 'Cascade Lake',
  x8aedz: 'EPYC 5th gen',
  x8g: 'Neoverse V2',
  x8i: 'Granite Rapids',
  z1d: 'Skylake',
  g3: 'Broadwell', // E5-2686 v4, as the next three
  g3s: 'Broadwell',
  p2: 'Broadwell',
  p3: 'Broadwell',
  p3dn: 'Skylake', // Platinum 8175M
};

/**
 * docs.cloud.google.com/compute/docs/cpu-platforms, as of 2026-04-10. n1 (with f1 and g1) has run on five
 * platforms from Sandy Bridge to Skylake, by zone, of which the newest stands here; sizes of n2 below 96 vCPU
 * are placed on Cascade Lake as well.
 */
const GCP: Cpus = {
  a2: 'Cascade Lake',
  a3: 'Sapphire Rapids|Emerald Rapids', // Edge, High, Mega; Ultra
  a4: 'Emerald Rapids',
  a4x: 'Neoverse V2',
  c2: 'Cascade Lake',
  c2d: 'EPYC 3rd gen',
  c3: 'Sapphire Rapids',
  c3d: 'EPYC 4th gen',
  c4: 'Emerald Rapids|Granite Rapids',
  c4a: 'Neoverse V2',
  c4d: 'EPYC 5th gen',
  e2: 'Broadwell|Skylake|EPYC 3rd gen',
  f1: 'Skylake',
  g1: 'Skylake',
  g2: 'Cascade Lake',
  g4: 'EPYC 5th gen',
  h3: 'Sapphire Rapids',
  h4d: 'EPYC 5th gen',
  m1: 'Broadwell|Skylake',
  m2: 'Cascade Lake',
  m3: 'Ice Lake',
  m4: 'Emerald Rapids',
  n1: 'Skylake',
  n2: 'Ice Lake',
  n2d: 'EPYC 2nd gen|EPYC 3rd gen', // the page of 2026 names the third alone
  n4: 'Emerald Rapids',
  n4a: 'Neoverse N3',
  n4d: 'EPYC 5th gen',
  t2a: 'Neoverse N1',
  t2d: 'EPYC 3rd gen',
  x4: 'Sapphire Rapids',
  z3: 'Sapphire Rapids',
};

/**
 * Azure series, reduced to what decides the CPU: series letters, "a" for AMD or "p" for Arm, accelerator,
 * version. Sizes with local disks or more memory (d, l, m, s, ...) run on the same machines, up to a CPU or two
 * (Dsv5 may be Sapphire Rapids, Ddsv5 not): the row names all of a series.
 *
 * learn.microsoft.com/azure/virtual-machines/sizes, "Host specifications" of each series, 2024 to 2026. Dv2
 * and Dv3 may by now be Ice Lake or Emerald Rapids as well; their rows hold the four older generations.
 */
const AZURE: Cpus = {
  B: 'Haswell|Broadwell|Skylake|Cascade Lake|Ice Lake',
  Bv2: 'Ice Lake|Sapphire Rapids',
  Bav2: 'EPYC 3rd gen',
  Bpv2: 'Neoverse N1',
  Dv2: 'Haswell|Cascade Lake|Skylake|Broadwell',
  Dv3: 'Haswell|Cascade Lake|Skylake|Broadwell',
  Dv4: 'Cascade Lake|Ice Lake|Sapphire Rapids|Emerald Rapids',
  Dav4: 'EPYC 2nd gen|EPYC 3rd gen',
  Dv5: 'Ice Lake|Sapphire Rapids|Emerald Rapids',
  Dav5: 'EPYC 3rd gen|EPYC 4th gen',
  Dpv5: 'Neoverse N1',
  Dv6: 'Emerald Rapids',
  Dav6: 'EPYC 4th gen',
  Dpv6: 'Neoverse N2', // Cobalt 100
  Dv7: 'Granite Rapids',
  Dav7: 'EPYC 5th gen',
  DCv3: 'Ice Lake',
  DCav5: 'EPYC 3rd gen',
  DCv6: 'Emerald Rapids', // DCesv6
  DCav6: 'EPYC 4th gen',
  ECav5: 'EPYC 3rd gen',
  ECav6: 'EPYC 4th gen',
  Ev3: 'Broadwell|Cascade Lake|Skylake',
  Ev4: 'Cascade Lake|Ice Lake|Sapphire Rapids|Emerald Rapids',
  Eav4: 'EPYC 2nd gen|EPYC 3rd gen',
  Ev5: 'Ice Lake|Sapphire Rapids|Emerald Rapids',
  Eav5: 'EPYC 3rd gen|EPYC 4th gen',
  Epv5: 'Neoverse N1',
  Ev6: 'Emerald Rapids',
  Eav6: 'EPYC 4th gen',
  Epv6: 'Neoverse N2',
  Ev7: 'Granite Rapids',
  Eav7: 'EPYC 5th gen',
  F: 'Haswell|Cascade Lake|Skylake|Broadwell',
  Fv2: 'Skylake|Cascade Lake|Ice Lake|Emerald Rapids',
  Fav6: 'EPYC 4th gen',
  Fav7: 'EPYC 5th gen',
  G: 'Haswell',
  H: 'Haswell',
  HB: 'EPYC 1st gen',
  HBv2: 'EPYC 2nd gen',
  HBv3: 'EPYC 3rd gen',
  HBv4: 'EPYC 4th gen',
  HC: 'Skylake',
  L: 'Haswell',
  Lv2: 'EPYC 1st gen',
  Lv3: 'Ice Lake',
  Lav3: 'EPYC 3rd gen',
  Lv4: 'Emerald Rapids',
  Lav4: 'EPYC 4th gen',
  M: 'Cascade Lake|Haswell',
  Mv2: 'Cascade Lake', // M32 to M192 v2 (Msv2, Mdsv2 medium memory)
  'Mv2-large': 'Skylake|Sapphire Rapids', // M208 and M416 v2
  NCv3: 'Broadwell',
  'NCav3-T4': 'EPYC 2nd gen',
  'NCav4-A100': 'EPYC 3rd gen',
  'NCav5-H100': 'EPYC 4th gen',
  NDav4: 'EPYC 2nd gen',
  'NDav4-A100': 'EPYC 2nd gen',
  'NDv5-H100': 'Sapphire Rapids',
  'NDv5-H200': 'Sapphire Rapids',
  NVv3: 'Broadwell',
  NVav4: 'EPYC 2nd gen',
  'NVav5-A10': 'EPYC 3rd gen',
};

/** github.com/scaleway/docs-content, pages/instances/reference-content: datasheet and general-purpose, 2025. */
const SCALEWAY: Cpus = {
  STARDUST1: 'EPYC 1st gen|EPYC 2nd gen', // EPYC 7281 or 7282
  DEV1: 'EPYC 1st gen', // EPYC 7281 "or equivalent"
  GP1: 'EPYC 1st gen', // EPYC 7401P "or equivalent"
  PLAY2: 'EPYC 3rd gen', // EPYC 7543, as are the next three
  PRO2: 'EPYC 3rd gen',
  ENT1: 'EPYC 3rd gen',
  POP2: 'EPYC 3rd gen',
  COPARM1: 'Neoverse N1', // Ampere Altra Max
  BASIC2: 'Neoverse N1', // Ampere Altra Max
  BASIC3: 'EPYC 5th gen',
  STANDARD3: 'EPYC 5th gen',
};

/**
 * Families whose vCPU is a whole core of a CPU with two threads a core: AMD instances of the 7th generation
 * and later at AWS, types that the provider documents as running with simultaneous multithreading off (t2d,
 * h3, h4d; hpc6a, hpc6id; the HB, HC, H, Fav6 and Fav7 series). Arm cores have one thread and need no entry.
 */
const WHOLE_CORE: Readonly<Record<string, readonly string[]>> = {
  aws: ['c7a', 'c8a', 'hpc6a', 'hpc6id', 'hpc7a', 'hpc8a', 'm7a', 'm8a', 'm8azn', 'r7a', 'r8a', 'x8aedz'],
  gcp: ['h3', 'h4d', 't2d'],
  azure: ['Fav6', 'Fav7', 'H', 'HB', 'HBv2', 'HBv3', 'HBv4', 'HC'],
};

/** OVHcloud publishes no CPU per instance family, so its nodes take the provider mean. */
const PAGES: readonly (readonly [provider: string, cpus: Cpus, source: string, year: number])[] = [
  ['aws', AWS, 'Amazon EC2 instance types', 2026],
  ['gcp', GCP, 'Google Compute Engine CPU platforms', 2026],
  ['azure', AZURE, 'Azure virtual machine sizes', 2026],
  ['scaleway', SCALEWAY, 'Scaleway Instances datasheet', 2025],
];

export const INSTANCE_FAMILIES: readonly InstanceFamily[] = PAGES.flatMap(([provider, table, source, year]) =>
  Object.entries(table).map(([family, cpus]) => ({
    provider,
    family,
    cpus: cpus.split('|'),
    threadsPerVcpu: WHOLE_CORE[provider]?.includes(family) ? (2 as const) : (1 as const),
    source,
    year,
  })),
);
