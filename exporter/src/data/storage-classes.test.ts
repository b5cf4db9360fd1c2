import { describe, expect, it } from '@jest/globals';
import { mediaOfStorageClass } from './storage-classes.js';

describe('media of a storage class', () => {
  it.each([
    'standard',
    'slow-hdd',
    'st1',
    'ebs-sc1',
    'cold',
    'azurefile',
    'azurefile-csi',
    'csi-cinder-classic',
    'csi-cinder-classic-luks',
    'regional-standard',
  ])('%s is spinning disks', (name) => expect(mediaOfStorageClass(name)).toBe('hdd'));

  it.each([
    '',
    'gp3',
    'standard-rwo',
    'regional-standard-rwo',
    'premium-rwo',
    'StandardSSD_LRS',
    'managed-csi',
    'azurefile-csi-premium',
    'azurefile-premium',
    'csi-cinder-high-speed-gen2',
    'fast1', // holds the letters of st1
  ])('"%s" is flash', (name) => expect(mediaOfStorageClass(name)).toBe('ssd'));
});
