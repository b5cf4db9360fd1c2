/** Grafana gives its page to @grafana/runtime through a setter that the package does not export. */
import type { ReactNode } from 'react';
// eslint-disable-next-line @typescript-eslint/ban-ts-comment
// @ts-ignore found by jest alone
import { setPluginPage } from 'grafana-runtime-file/components/PluginPage.cjs';

interface PageProps {
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function setUpPluginPage(): void {
  (setPluginPage as (page: unknown) => void)(({ children, actions }: PageProps) => (
    <main>
      {actions}
      {children}
    </main>
  ));
}
