/**
 * What a storage class is made of, as far as its name tells.
 *
 * Names: the classes that the managed services install, by their documentation of 2025 and 2026 (GKE:
 * standard-rwo is a balanced persistent disk, standard a pd-standard; AKS: azurefile and azurefile-csi are
 * shares on HDD, their premium kin on SSD; OVHcloud: csi-cinder-classic is spinning disks), and the volume types
 * st1 and sc1 of AWS.
 */

export type StorageMedia = 'ssd' | 'hdd';

/** Flash although the name holds a word of HDD_CLASS: StandardSSD_LRS, azurefile-csi-premium. */
const SSD_CLASS = /ssd|nvme|premium|standard-rwo/i;

const HDD_CLASS = /hdd|standard|cold|azurefile|cinder-classic|(?<![a-z0-9])(?:st1|sc1)(?![a-z0-9])/i;

/** Unknown classes, and none, count as SSD: the larger coefficient. */
export const mediaOfStorageClass = (name: string): StorageMedia =>
  HDD_CLASS.test(name) && !SSD_CLASS.test(name) ? 'hdd' : 'ssd';
