/** A table that sorts by its columns, scrolls sideways on its own and gives itself as CSV. */
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Icon, useStyles2 } from '@grafana/ui';
import { useState, type ReactNode } from 'react';
import { csvText, saveFile, type Cell } from '../format/csv';
import { t } from '../i18n';

export interface Column<R> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: R) => ReactNode;
  /** What is sorted by and written to the file; absent: neither. */
  readonly value?: (row: R) => Cell;
  readonly right?: boolean;
}

interface Sort {
  readonly id: string;
  readonly descending: boolean;
}

interface TableProps<R> {
  readonly name: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly sort?: Sort;
}

export function DataTable<R>({ name, columns, rows, keyOf, sort: first }: TableProps<R>) {
  const styles = useStyles2(getStyles);
  const [sort, setSort] = useState<Sort | null>(first ?? null);
  const sorted = sort
    ? inOrder(rows, columns.find(({ id }) => id === sort.id)?.value, sort.descending)
    : rows;
  const toggle = (id: string) => setSort({ id, descending: sort?.id === id ? !sort.descending : true });
  return (
    <>
      <div className={styles.scroll} role="group" aria-label={name} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  className={column.right ? styles.right : undefined}
                  aria-sort={ariaSort(sort, column.id)}
                >
                  {column.value ? (
                    <button type="button" className={styles.sort} onClick={() => toggle(column.id)}>
                      {column.header}
                      {sort?.id === column.id && (
                        <Icon name={sort.descending ? 'arrow-down' : 'arrow-up'} size="sm" />
                      )}
                    </button>
                  ) : (
                    column.header
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column) => (
                  <td key={column.id} className={column.right ? styles.right : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Button
        variant="secondary"
        fill="text"
        size="sm"
        icon="download-alt"
        onClick={() => download(name, columns, sorted)}
      >
        {t('table.csv', 'Download CSV')}
      </Button>
    </>
  );
}

const ariaSort = (sort: Sort | null, id: string) =>
  sort?.id !== id ? undefined : sort.descending ? 'descending' : 'ascending';

/** What is not known comes last, whichever way. */
function inOrder<R>(rows: readonly R[], value: Column<R>['value'], descending: boolean): readonly R[] {
  if (!value) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1);
  });
}

function download<R>(name: string, columns: readonly Column<R>[], rows: readonly R[]): void {
  const written = columns.flatMap(({ header, value }) => (value ? [{ header, value }] : []));
  const lines = [
    written.map(({ header }) => header),
    ...rows.map((row) => written.map(({ value }) => value(row))),
  ];
  saveFile(
    `${name.toLowerCase().replace(/\W+/g, '-')}.csv`,
    new Blob([csvText(lines)], { type: 'text/csv' }),
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflowX: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  table: css({
    width: '100%',
    'th, td': { padding: theme.spacing(0.75, 1), textAlign: 'left', whiteSpace: 'nowrap' },
    th: { background: theme.colors.background.secondary, fontWeight: theme.typography.fontWeightMedium },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    'tbody tr:hover': { background: theme.colors.action.hover },
  }),
  right: css({ '&&': { textAlign: 'right' } }),
  sort: css({
    background: 'none',
    border: 'none',
    padding: 0,
    font: 'inherit',
    color: 'inherit',
    cursor: 'pointer',
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
  }),
});
