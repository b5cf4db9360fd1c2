/** From the instance type that a node carries to the family that decides its CPU. */

/**
 * Family of an instance type in the provider's own naming: "m5.xlarge" is m5 at AWS, "n2-standard-8" n2 at
 * Google, "Standard_D4s_v3" Dv3 at Azure, "DEV1-M" DEV1 at Scaleway, "b2-7" b2 at OVHcloud. Empty for a type
 * that does not parse and for a provider whose naming is not known: the same name means other machines
 * elsewhere.
 */
export function familyOf(provider: string, instanceType: string): string {
  return FAMILY_OF.get(provider)?.(instanceType.trim()) ?? '';
}

const FAMILY_OF: ReadonlyMap<string, (instanceType: string) => string> = new Map([
  ['aws', (type) => before(type, '.').toLowerCase()],
  ['gcp', gcpFamily],
  ['azure', azureFamily],
  ['scaleway', (type) => before(type, '-').toUpperCase()],
  ['ovh', (type) => before(type, '-').toLowerCase()],
] satisfies [string, (type: string) => string][]);

/** The part before the separator; empty when there is none. */
function before(text: string, separator: string): string {
  const at = text.indexOf(separator);
  return at > 0 ? text.slice(0, at) : '';
}

/** Custom machine types without a family ("custom-4-8192") are N1. */
function gcpFamily(type: string): string {
  const family = before(type, '-').toLowerCase();
  return family === 'custom' ? 'n1' : family;
}

/**
 * Standard_<series><vCPUs>[-<active vCPUs>]<features>[_<accelerator>][_<memory>][_v<version>], as Microsoft
 * documents VM names. First-generation names put the premium-storage "S" before the number (DS2_v2, GS5).
 */
const AZURE_NAME =
  /^(?:standard|basic)_([a-z]+)(\d+)(?:-\d+)?([a-z]*)(?:_(?!v\d)([a-z][a-z0-9]*))?(?:_\d+)?(?:_v(\d+))?$/i;

function azureFamily(type: string): string {
  const match = AZURE_NAME.exec(type.replace(/_promo$/i, ''));
  if (!match) return '';
  const [, letters = '', size = '', features = '', accelerator = '', version = ''] = match;
  const series = letters.toUpperCase().replace(/^(D|G)S$/, '$1');
  const vendor = features.toLowerCase().match(/[ap]/)?.[0] ?? '';
  const large = series === 'M' && version === '2' && (size === '208' || size === '416') ? '-large' : '';
  const suffix = accelerator === '' ? large : `-${accelerator.toUpperCase()}`;
  return `${series}${vendor}${version === '' ? '' : `v${version}`}${suffix}`;
}
