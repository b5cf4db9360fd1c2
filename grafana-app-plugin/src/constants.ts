/** Ids of the bundle; they must be those of the plugin.json files. */
export const APP_ID = 'greenkube-app';
export const HISTORY_ID = 'greenkube-history-datasource';

/** Path of a page of the app. */
export const page = (name: string): string => `/a/${APP_ID}/${name}`;
