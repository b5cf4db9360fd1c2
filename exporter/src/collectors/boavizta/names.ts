/** From our names of providers and Kubernetes' names of instance types to those of BoaviztAPI. */

/** Providers that it knows, by our name. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['aws', 'aws'],
  ['azure', 'azure'],
  ['gcp', 'gcp'],
  ['ovh', 'ovhcloud'],
  ['scaleway', 'scaleway'],
]);

/** Its name of a provider of ours; null when it has none. */
export const theirProvider = (provider: string): string | null => PROVIDERS.get(provider) ?? null;

/**
 * Names under which it may know a type, the best first: it heeds case and writes Azure's types without "Standard_"; a few are
 * there with it too, as an older, coarser entry.
 */
export function candidates(provider: string, instanceType: string): readonly string[] {
  const lower = instanceType.trim().toLowerCase();
  const cut = provider === 'azure' ? lower.replace(/^standard_/, '') : lower;
  return [...new Set([cut, lower, instanceType.trim()])].filter((name) => name !== '');
}
