import { PanelPlugin } from '@grafana/data';
import { AccuracyPanel } from './AccuracyPanel';

export const plugin = new PanelPlugin(AccuracyPanel).useFieldConfig();
