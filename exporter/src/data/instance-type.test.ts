import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INSTANCE_FAMILIES } from './instance-families.js';
import { familyOf } from './instance-type.js';

const CASES: readonly (readonly [provider: string, type: string, family: string])[] = [
  ['aws', 'm5.xlarge', 'm5'],
  ['aws', 'c7i-flex.large', 'c7i-flex'],
  ['aws', 'u-6tb1.metal', 'u-6tb1'],
  ['aws', 'p6-b200.48xlarge', 'p6-b200'],
  ['aws', 'M5.XLARGE', 'm5'],
  ['aws', 'xlarge', ''],
  ['gcp', 'n2-standard-8', 'n2'],
  ['gcp', 'e2-medium', 'e2'],
  ['gcp', 't2a-standard-4', 't2a'],
  ['gcp', 'custom-4-8192', 'n1'],
  ['gcp', 'n2-custom-4-8192', 'n2'],
  ['azure', 'Standard_D4s_v3', 'Dv3'],
  ['azure', 'Standard_D64_v4', 'Dv4'],
  ['azure', 'Standard_E8as_v4', 'Eav4'],
  ['azure', 'Standard_F8s_v2', 'Fv2'],
  ['azure', 'Standard_F16', 'F'],
  ['azure', 'Standard_D8ds_v5', 'Dv5'],
  ['azure', 'Standard_D4plds_v5', 'Dpv5'],
  ['azure', 'Standard_E96ias_v4', 'Eav4'],
  ['azure', 'Standard_DS2_v2', 'Dv2'],
  ['azure', 'Standard_DS3_v2_Promo', 'Dv2'],
  ['azure', 'Standard_DS11-1_v2', 'Dv2'],
  ['azure', 'Standard_E4-2s_v3', 'Ev3'],
  ['azure', 'Standard_B2ms', 'B'],
  ['azure', 'Standard_B2ats_v2', 'Bav2'],
  ['azure', 'Standard_GS5', 'G'],
  ['azure', 'Standard_HB120-16rs_v3', 'HBv3'],
  ['azure', 'Standard_H16mr_Promo', 'H'],
  ['azure', 'Standard_L8s_v2', 'Lv2'],
  ['azure', 'Standard_M128ms', 'M'],
  ['azure', 'Standard_M64ds_v2', 'Mv2'],
  ['azure', 'Standard_M416ms_v2', 'Mv2-large'],
  ['azure', 'Standard_NC4as_T4_v3', 'NCav3-T4'],
  ['azure', 'Standard_NC24ads_A100_v4', 'NCav4-A100'],
  ['azure', 'Standard_ND96isr_H100_v5', 'NDv5-H100'],
  ['azure', 'm5.xlarge', ''],
  ['scaleway', 'DEV1-M', 'DEV1'],
  ['scaleway', 'POP2-HC-8C-16G', 'POP2'],
  ['ovh', 'b2-7', 'b2'],
  ['', 'm5.xlarge', ''],
  ['constructor', 'm5.xlarge', ''],
  ['hetzner', 'cx22', ''],
];

describe('family of an instance type', () => {
  it.each(CASES)('%s %s is %s', (provider, type, family) => {
    expect(familyOf(provider, type)).toBe(family);
  });

  it('parses any text without failing, and to nothing longer than the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('aws', 'gcp', 'azure', 'ovh', 'scaleway'),
        fc.string(),
        (provider, text) => {
          expect(familyOf(provider, text).length).toBeLessThanOrEqual(Math.max(text.length, 2));
        },
      ),
    );
  });

  it("reaches every row of the table by an instance type of the provider's form", () => {
    const typeOf: Record<string, (family: string) => string> = {
      aws: (family) => `${family}.xlarge`,
      gcp: (family) => `${family}-standard-4`,
      azure: azureTypeOf,
      scaleway: (family) => `${family}-S`,
    };
    for (const { provider, family } of INSTANCE_FAMILIES) {
      expect([provider, familyOf(provider, typeOf[provider]!(family))]).toEqual([provider, family]);
    }
  });
});

/** "NCav4-A100" to "Standard_NC8as_A100_v4". */
function azureTypeOf(family: string): string {
  const [, series, vendor, version, accelerator] = /^([A-Z]+)([ap]?)(?:v(\d+))?(?:-(\w+))?$/.exec(family)!;
  if (accelerator === 'large') return 'Standard_M208s_v2';
  const parts = [`Standard_${series}8${vendor}s`, accelerator, version && `v${version}`];
  return parts.filter(Boolean).join('_');
}
