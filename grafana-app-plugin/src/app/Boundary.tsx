/** A page that breaks says so, and leaves the others usable. */
import { PluginPage } from '@grafana/runtime';
import { Alert, Button } from '@grafana/ui';
import { Component, type ReactNode } from 'react';
import { t } from '../i18n';

interface State {
  readonly message: string | null;
}

export class Boundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    return (
      <PluginPage>
        <Alert title={t('app.broken', 'This page cannot be shown')} severity="error">
          <p>{this.state.message}</p>
          <Button variant="secondary" onClick={() => window.location.reload()}>
            {t('app.reload', 'Load it again')}
          </Button>
        </Alert>
      </PluginPage>
    );
  }
}
