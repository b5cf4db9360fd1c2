/** What a storage class is made of, as far as its name tells. */

export type StorageMedia = 'ssd' | 'hdd';

/** Class names that stand for spinning disks at the large providers. */
const HDD_CLASS = /hdd|standard|st1|sc1|cold/i;

/** Unknown classes, and none, count as SSD: the larger coefficient. */
export const mediaOfStorageClass = (name: string): StorageMedia => (HDD_CLASS.test(name) ? 'hdd' : 'ssd');
