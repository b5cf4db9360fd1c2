import { describe, expect, it } from '@jest/globals';
import { gridZones, yearlyIntensity } from './grid-yearly.js';
import { REGION_TABLES, regionGridZone } from './regions.js';

const words = (text: string) => text.trim().split(/\s+/);

/** Public regions by provider, as nodes carry them in topology.kubernetes.io/region. */
const PUBLIC_REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: words(`
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1
    cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1
    il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2`),
  gcp: words(`
    africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
    asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2
    europe-southwest1 europe-west1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10
    europe-west12 me-central1 me-central2 me-west1 northamerica-northeast1 northamerica-northeast2 northamerica-south1
    southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`),
  azure: words(`
    australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast
    canadacentral canadaeast centralindia centralus chilecentral chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3
    denmarkeast eastasia eastus eastus2 francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral
    italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth
    northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral southafricanorth southafricawest southcentralus
    southeastasia southindia spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth
    ukwest usdodcentral usdodeast usgovarizona usgovtexas usgovvirginia westcentralus westeurope westindia westus westus2 westus3`),
  ovh: words(`
    GRA GRA7 GRA9 GRA11 RBX RBX-A SBG SBG5 SBG7 BHS BHS5 DE DE1 UK UK1 WAW WAW1 SGP SGP1 SYD SYD1 EU-WEST-PAR EU-SOUTH-MIL
    CA-EAST-TOR AP-SOUTH-MUM AP-SOUTH-MUM-1 AP-SOUTHEAST-SYD AP-SOUTHEAST-SYD-2 US-EAST-VA-1 US-WEST-OR-1 eu-west-gra eu-west-rbx eu-west-sbg
    eu-west-lim eu-central-war ca-east-bhs`),
  scaleway: words('fr-par nl-ams pl-waw it-mil'),
  digitalocean: words('nyc1 nyc2 nyc3 sfo1 sfo2 sfo3 ams2 ams3 sgp1 lon1 fra1 tor1 blr1 syd1 atl1'),
  hetzner: words('fsn1 nbg1 hel1 ash hil sin'),
  ibm: words('us-south us-east ca-tor ca-mon br-sao eu-de eu-gb eu-es au-syd jp-tok jp-osa'),
  oracle: words(
    'us-ashburn-1 iad us-phoenix-1 phx eu-frankfurt-1 fra uk-london-1 lhr ap-tokyo-1 nrt sa-saopaulo-1 gru',
  ),
  alibaba: words(
    'cn-hangzhou cn-shanghai cn-beijing cn-shenzhen cn-hongkong ap-southeast-1 eu-central-1 us-west-1',
  ),
};

describe('region table', () => {
  it('names only zones that the yearly data know, with an intensity', () => {
    for (const { provider, rows } of REGION_TABLES) {
      for (const [key, gridZone] of rows) {
        expect([provider, key, gridZones.has(gridZone)]).toEqual([provider, key, true]);
        expect(yearlyIntensity(gridZone)!.value).toBeGreaterThan(0);
      }
    }
  });

  it('has no key twice, all in lower case, each with a place, a source and a year', () => {
    for (const { provider, rows, source, year } of REGION_TABLES) {
      const keys = rows.map(([key]) => key);
      expect([provider, keys.filter((key, i) => keys.indexOf(key) !== i)]).toEqual([provider, []]);
      expect(keys.filter((key) => key !== key.toLowerCase() || key === '')).toEqual([]);
      expect(rows.filter(([, , place]) => place.length < 4)).toEqual([]);
      expect([source.length > 10, year >= 2025]).toEqual([true, true]);
    }
  });

  it.each(Object.keys(PUBLIC_REGIONS))('covers every public region of %s', (provider) => {
    expect(PUBLIC_REGIONS[provider]!.filter((region) => regionGridZone(provider, region) === null)).toEqual(
      [],
    );
  });

  it.each([
    ['aws', 'us-east-1a', 'US-MIDA-PJM'],
    ['aws', 'eu-west-3c', 'FR'],
    ['aws', 'us-gov-west-1b', 'US-NW-BPAT'],
    ['aws', 'us-west-2-lax-1a', 'US-CAL-CISO'],
    ['aws', 'us-east-1-bos-1a', 'US-NE-ISNE'],
    ['gcp', 'europe-west9-a', 'FR'],
    ['gcp', 'us-central1-f', 'US-MIDW-MISO'],
    ['azure', 'westeurope-1', 'NL'],
    ['azure', 'eastus2-3', 'US-MIDA-PJM'],
    ['ovh', 'gra', 'FR'],
    ['ovh', 'eu-west-par-a', 'FR'],
    ['ovh', 'EU-WEST-LZ-MRS-A', 'FR'],
    ['scaleway', 'fr-par-1', 'FR'],
    ['scaleway', 'PAR1', 'FR'],
    ['scaleway', 'it-mil-1', 'IT-NO'],
    ['hetzner', 'fsn1-dc14', 'DE'],
    ['ibm', 'dal10', 'US-TEX-ERCO'],
    ['oracle', 'EU-FRANKFURT-1-AD-2', 'DE'],
    ['alibaba', 'cn-hangzhou-i', 'CN'],
    ['alibaba', 'ap-southeast-1a', 'SG'],
  ])('takes %s %s for a zone of %s', (provider, zone, gridZone) => {
    expect(regionGridZone(provider, zone)).toBe(gridZone);
  });

  it.each([
    ['aws', 'ca-central-1', 'CA-QC'], // Montreal, not Ontario
    ['aws', 'ap-northeast-3', 'JP-KN'], // Osaka, not Kyushu
    ['gcp', 'asia-northeast2', 'JP-KN'],
    ['azure', 'japanwest', 'JP-KN'],
    ['gcp', 'us-west2', 'US-CAL-CISO'], // Los Angeles, not Oregon
    ['gcp', 'us-south1', 'US-TEX-ERCO'], // Texas
    ['azure', 'southcentralus', 'US-TEX-ERCO'],
    ['azure', 'australiacentral', 'AU-NSW'], // Canberra
    ['aws', 'sa-east-1', 'BR-CS'], // Sao Paulo
    ['gcp', 'southamerica-east1', 'BR-CS'],
    ['azure', 'brazilsouth', 'BR-CS'],
  ])('puts %s %s where it stands: %s', (provider, region, gridZone) => {
    expect(regionGridZone(provider, region)).toBe(gridZone);
  });

  it('reads the same name by whose it is', () => {
    expect(regionGridZone('aws', 'eu-west-1')).toBe('IE');
    expect(regionGridZone('alibaba', 'eu-west-1')).toBe('GB');
    expect(regionGridZone('gcp', 'us-east1')).not.toBe(regionGridZone('aws', 'us-east-1'));
    expect(regionGridZone('ibm', 'us-east-1')).toBe('US-MIDA-PJM');
  });

  it.each([
    ['aws', 'us-east-9'],
    ['aws', 'us-central1'],
    ['azure', 'westus9'],
    ['gcp', 'us-central9-a'],
    ['ovh', 'nova'],
    ['', 'eu-west-1'],
    ['kind', 'eu-west-1'],
    ['aws', ''],
    ['aws', 'constructor'],
  ])('knows no zone for %s "%s"', (provider, region) => {
    expect(regionGridZone(provider, region)).toBeNull();
  });
});
