/** Figures in words. */
import type { Figures } from '../api/answers';
import { change } from '../format/quantity';
import { t } from '../i18n';

type Maybe = number | null | undefined;

export function bandText(low: Maybe, high: Maybe, format: (v: Maybe) => string): string {
  if (low === null || low === undefined || high === null || high === undefined) return '';
  return t('figure.band', '{{low}} to {{high}}', { low: format(low), high: format(high) });
}

/** Against the period before; empty where there is nothing to compare with. */
export function changeText(now: Maybe, before: Maybe): string {
  if (now === null || now === undefined || !before) return '';
  return t('figure.change', '{{change}} against the period before', { change: change(now / before - 1) });
}

export function driverText(driver: Figures['uncertainty_driver']): string {
  switch (driver) {
    case 'power':
      return t('driver.power', 'Least sure: the power model');
    case 'pue':
      return t('driver.pue', 'Least sure: the PUE');
    case 'intensity':
      return t('driver.intensity', 'Least sure: the grid intensity');
    case 'embodied':
      return t('driver.embodied', 'Least sure: the hardware');
    case null:
      return '';
  }
}
