import { AppPlugin } from '@grafana/data';
import { lazy, Suspense } from 'react';
import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import type { AppSettings } from './app/sources';
import { t } from './i18n';

const App = lazy(async () => ({ default: (await import(/* webpackChunkName: "app" */ './app/App')).App }));
const Configuration = lazy(async () => ({
  default: (await import(/* webpackChunkName: "configuration" */ './pages/Configuration')).Configuration,
}));

const ConfigPage = (props: PluginConfigPageProps<AppPluginMeta<AppSettings>>) => (
  <Suspense fallback={null}>
    <Configuration {...props} />
  </Suspense>
);

export const plugin = new AppPlugin<AppSettings>().setRootPage(App).addConfigPage({
  title: t('app.configuration', 'Configuration'),
  icon: 'cog',
  body: ConfigPage,
  id: 'configuration',
});
