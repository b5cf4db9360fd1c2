/** Options of commands that are no keys of configuration, as data: parsing, help, documentation and completion are made from it. */

export interface Option {
  /** Without dashes. */
  readonly name: string;
  /** What stands for its value in help. */
  readonly value: string;
  readonly help: string;
  readonly choices?: readonly string[];
  /** As it is said in help; absent: none. */
  readonly default?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
}

/** Values by the name of the option, in the order given; an option that was not given is absent. */
export type Options = Readonly<Record<string, readonly string[]>>;

export const optionFlag = ({ name }: Option): string => `--${name}`;

/** The value of an option that is given once at most. */
export const single = (options: Options, name: string): string | undefined => options[name]?.[0];

export const rangeOptions = (fallback: string): readonly Option[] => [
  {
    name: 'last',
    value: 'LENGTH',
    help: 'length of the range up to now: 30min, 24h, 7d, 4w, 3m (of 30 days), 1y (of 365 days), ytd',
    default: fallback,
  },
  { name: 'from', value: 'TIME', help: 'start of the range instead: RFC 3339 or epoch seconds' },
  { name: 'to', value: 'TIME', help: 'end of the range, exclusive', default: 'now' },
];

export const FILTER_OPTIONS: readonly Option[] = ['cluster', 'namespace', 'workload', 'node'].map((name) => ({
  name,
  value: 'NAME',
  help: `only this ${name}; may be repeated`,
  repeatable: true,
}));
